// A downgrade that drops a filled column preserves its values; the next upgrade restores them.
import { withDatabase } from '../kit/databases.mjs'
import { inTurn, runNode } from '../kit/measure.mjs'
import { memoryOf } from '../kit/observe.mjs'
import { floor, makeProject } from '../kit/project.mjs'
import { configuration } from '../kit/revisions.mjs'
import { seriesOf } from '../kit/series.mjs'

const revisions = {
  'migrations/000000000001_account.ts': `import { bigint, type OperationRecorder, varchar } from '@org/migrate-core'

export const revision = '000000000001'
export const downRevision = null

export function upgrade(op: OperationRecorder) {
  op.createTable('account', (t) => {
    t.column('id', bigint(), { nullable: false })
    t.column('name', varchar(64), { nullable: false })
    t.primaryKey(['id'])
  })
}
`,
  'migrations/000000000002_note.ts': `import { type OperationRecorder, varchar } from '@org/migrate-core'

export const revision = '000000000002'
export const downRevision = '000000000001'

export function upgrade(op: OperationRecorder) {
  op.alterTable('account', (t) => {
    t.addColumn('note', varchar(64))
  })
}
`,
}

function measured({ server, count }, pairs) {
  return withDatabase(server, (database) => {
    const project = makeProject({ ...revisions, 'migrate.config.ts': configuration(database.url) })
    runNode(project.migrate('upgrade', '--quiet'))
    database.run([seriesOf(database.dialect, 'account', count, ['account', 'note of account'])])
    database.save()
    const down = project.migrate('downgrade', '-1', '--quiet')
    const up = project.migrate('upgrade', '--quiet')
    const name = (what) => `${what} ${count.toLocaleString('en-US')} values, ${server.name}`
    const [preserved] = inTurn({
      pairs,
      floor: { name: 'floor', prepare: database.restore, command: { args: [floor('preserve'), database.url, 'down'] } },
      subjects: [{ name: name('preserve'), aim: 2, prepare: database.restore, command: down }],
    })
    database.restore()
    const downNote = `${memoryOf(down)} MB`
    database.save()
    const check = () => {
      const [{ n }] = database.run(["SELECT count(*) AS n FROM account WHERE note LIKE 'note of account %'"])
      if (Number(n) !== count) throw new Error(`${n} values of ${count}`)
    }
    const prepareFloor = () => {
      database.restore()
      const text = database.dialect === 'mysql' ? "concat('note of account ', id)" : "'note of account ' || id"
      database.run([
        'CREATE TABLE kept (id BIGINT NOT NULL PRIMARY KEY, note VARCHAR(64))',
        `INSERT INTO kept SELECT id, ${text} FROM account`,
      ])
    }
    const [restored] = inTurn({
      pairs,
      floor: {
        name: 'floor',
        prepare: prepareFloor,
        check,
        command: { args: [floor('preserve'), database.url, 'up'] },
      },
      subjects: [{ name: name('restore'), aim: 2, prepare: database.restore, check, command: up }],
    })
    database.restore()
    return [
      { ...preserved, note: downNote },
      { ...restored, note: `${memoryOf(up)} MB` },
    ]
  })
}

export function preserved(pairs, server) {
  return [20_000, 200_000].flatMap((count) => measured({ server, count }, pairs))
}

/** The ratio stays what it is at fewer values. */
export function preservedMillion(pairs, server) {
  return measured({ server, count: 1_000_000 }, pairs)
}
