import type { Extra, ExtraPart, Statement, Undeclared } from '@org/migrate-core/dialect'
import { type ExtraOwner, extraText } from '../../introspect/whole/undeclared-facts.ts'
import { mentions } from '../../sql/names-in.ts'
import { unsupported } from '../../sql/unsupported.ts'
import { statement } from '../statements.ts'

/** The statements that give an object again what it had beside its definition. */
export function extraStatements(extras: readonly Extra[] = [], owner: ExtraOwner): readonly Statement[] {
  return extras.flatMap(({ statements }) =>
    statements.map((parts) => statement(extraText(parts, owner), [owner.table])),
  )
}

/** Throws UNSUPPORTED for an object that would not be created again as it is. */
export function requireRestorable(object: string, { lasting = [] }: Undeclared): void {
  if (lasting.length === 0) return
  unsupported(
    `create ${object} again`,
    `it would lose ${lasting.join('; ')}`,
    'Drop it with op.sql() before the change and create it again with op.sql() after it, in the same revision.',
  )
}

const sqlTextsOf = ({ statements }: Extra): readonly string[] =>
  statements.flatMap((parts) =>
    parts.flatMap((part) => (typeof part === 'object' && 'text' in part ? [part.text] : [])),
  )

/** Whether a text of the server's in it names that. */
export const extraReads = (extra: Extra, name: string): boolean =>
  sqlTextsOf(extra).some((text) => mentions(text, name))

export const extraTexts = (extras: readonly Extra[] = []): readonly string[] => extras.flatMap(sqlTextsOf)

const ofColumn = ({ statements }: Extra, column: string): boolean =>
  statements.some((parts) =>
    parts.some((part) => typeof part === 'object' && 'column' in part && part.column === column),
  )

/** Without what goes with a column. */
export function withoutColumn<T extends Undeclared>(object: T, column: string): T {
  const { extras } = object
  if (extras === undefined) return object
  return { ...object, extras: extras.filter((each) => !ofColumn(each, column) && !extraReads(each, column)) }
}

/** A column's new name. How the server writes its texts afterwards is not known: those that name the column are not brought back. */
export function withColumnRenamed<T extends Undeclared>(object: T, from: string, to: string): T {
  const renamed = (part: ExtraPart): ExtraPart =>
    typeof part === 'object' && 'column' in part && part.column === from ? { column: to } : part
  const { extras } = object
  if (extras === undefined) return object
  const followed = extras.map(({ what, statements }) => ({
    what,
    statements: statements.map((parts) => parts.map(renamed)),
  }))
  return outdated({ ...object, extras: followed }, from)
}

/** Texts that name what has been renamed since they were read. */
export function outdated<T extends Undeclared>(object: T, name: string): T {
  const { extras = [], lasting = [] } = object
  const removed = extras.filter((each) => extraReads(each, name))
  if (removed.length === 0) return object
  return {
    ...object,
    extras: extras.filter((each) => !removed.includes(each)),
    lasting: [
      ...lasting,
      ...removed.map(({ what }) => `${what}, which names ${name}, and that was renamed since it was read`),
    ],
  }
}
