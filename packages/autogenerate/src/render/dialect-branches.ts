import { MigrateError } from '@org/migrate-core'
import type { BuiltInDialect } from '@org/migrate-core/dialect'
import { type Code, call, method, objectOf, string } from './code.ts'
import { type Document, print } from './document.ts'
import type { Writing } from './imports.ts'

const dialects: { readonly [D in BuiltInDialect]: true } = { sqlite: true, postgres: true, mysql: true }
const dialectNames = Object.keys(dialects) as readonly BuiltInDialect[]

type Branch = ReturnType<typeof method>

const branch = (statements: readonly Document[]): Branch => method(statements.length === 0 ? '' : 'op', statements)

function refused(what: string, { uses }: Writing): Branch {
  return method('', [call(uses('toFillIn'), [string(what)]).document])
}

/** A dialect of another package takes `otherwise`, of which there is one. */
function foreignBranch(separate: ReadonlyMap<string, readonly Document[]>): readonly Document[] | undefined {
  const foreign = [...separate].filter(([dialect]) => !Object.hasOwn(dialects, dialect))
  const [first, ...rest] = foreign
  if (first === undefined) return undefined
  const textOf = (statements: readonly Document[]): string => statements.map((each) => print(each)).join('\n')
  const other = rest.find(([, statements]) => textOf(statements) !== textOf(first[1]))
  if (other === undefined) return first[1]
  const why = `it would need something else there than on ${first[0]}, and \`otherwise\` is one branch for both`
  const details = { dialect: other[0], operation: 'op.on', why }
  throw new MigrateError('UNSUPPORTED', details, `A revision for ${other[0]}: ${why}.`)
}

/**
 * What `op.on` is given. It has to say something for every known dialect: where a database is none of those that the revision is made
 * for, that is to refuse it. Without `otherwise` the recorder refuses a dialect of another package.
 */
export function branches(separate: ReadonlyMap<string, readonly Document[]>, writing: Writing): Code {
  const foreign = foreignBranch(separate)
  const missing = dialectNames.filter((dialect) => !separate.has(dialect))
  const members = dialectNames.flatMap((dialect): [string, Branch][] => {
    const statements = separate.get(dialect)
    if (statements !== undefined) return [[dialect, branch(statements)]]
    return foreign === undefined ? [] : [[dialect, refused(`what ${dialect} needs here`, writing)]]
  })
  const configured = [...separate.keys()].join(' and ')
  const otherwise =
    foreign !== undefined
      ? branch(foreign)
      : missing.length > 0
        ? refused(`what databases other than ${configured} need here`, writing)
        : undefined
  return objectOf([...members, ['otherwise', otherwise]])
}
