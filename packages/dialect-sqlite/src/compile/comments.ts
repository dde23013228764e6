import type { CompileTable } from '@org/migrate-core/dialect'
import { unsupported } from '../ddl/unsupported.ts'

export const commentStatements: Pick<CompileTable, 'setComment'> = {
  setComment: ({ operation: { on, comment } }) => {
    // There never is one to take away.
    if (comment === null) return []
    const subject = on.column ?? on.index
    const name = subject === undefined ? `table ${on.table.name}` : `${on.table.name}.${subject}`
    return unsupported(
      `comment on ${name}`,
      'SQLite stores no comments',
      'Record the comment with op.on() for the others.',
    )
  },
}
