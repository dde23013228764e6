/**
 * users have a user name, a biography, a gender and a date of birth
 *
 * The downgrade takes the four away; they are preserved for the next upgrade.
 */
import { date, type OperationRecorder, text, varchar } from '@org/migrate-core'

export const revision = '3af16a1c9fb6'
export const downRevision = '9f0c9cd09105'
export const branchLabels: readonly string[] = []
export const dependsOn: readonly string[] = []

export function upgrade(op: OperationRecorder) {
  op.alterTable('user', (t) => {
    // Some copies of the program add a part of these: each is made only where it is absent.
    t.addColumn('username', varchar(50), { ifNotExists: true })
    t.addColumn('bio', text(), { ifNotExists: true })
    t.addColumn('gender', text(), { ifNotExists: true })
    t.addColumn('date_of_birth', date(), { ifNotExists: true })
  })
}

export function downgrade(op: OperationRecorder) {
  op.alterTable('user', (t) => {
    for (const name of ['date_of_birth', 'gender', 'bio', 'username']) t.dropColumn(name)
  })
}
