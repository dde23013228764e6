import { MigrateError } from '../../errors/migrate-error.ts'
import type { BuiltInDialect } from '../../model/column-type.ts'
import { type Code, call, method, objectOf, string } from './code.ts'
import { type Document, print } from './document.ts'
import type { Writing } from './imports.ts'

const known: { readonly [D in BuiltInDialect]: true } = { sqlite: true, postgres: true, mysql: true }
const knownNames = Object.keys(known) as readonly BuiltInDialect[]

type Branch = ReturnType<typeof method>

const branch = (statements: readonly Document[]): Branch => method(statements.length === 0 ? '' : 'op', statements)

function refused(what: string, { uses }: Writing): Branch {
  return method('', [call(uses('toFillIn'), [string(what)]).document])
}

/** Somebody else's dialect takes `otherwise`, of which there is one. */
function foreignBranch(apart: ReadonlyMap<string, readonly Document[]>): readonly Document[] | undefined {
  const foreign = [...apart].filter(([dialect]) => !Object.hasOwn(known, dialect))
  const [first, ...others] = foreign
  if (first === undefined) return undefined
  const textOf = (statements: readonly Document[]): string => statements.map((each) => print(each)).join('\n')
  const other = others.find(([, statements]) => textOf(statements) !== textOf(first[1]))
  if (other === undefined) return first[1]
  const why = `it would need something else there than on ${first[0]}, and \`otherwise\` is one branch for both`
  const details = { dialect: other[0], operation: 'op.on', why }
  throw new MigrateError('UNSUPPORTED', details, `A revision for ${other[0]}: ${why}.`)
}

/**
 * What `op.on` is given. It has to say something for every known dialect: where a database is none of those that the revision is made
 * for, that is to refuse it. Without `otherwise` a dialect of somebody else is refused by the recorder.
 */
export function branches(apart: ReadonlyMap<string, readonly Document[]>, writing: Writing): Code {
  const foreign = foreignBranch(apart)
  const missing = knownNames.filter((dialect) => !apart.has(dialect))
  const members = knownNames.flatMap((dialect): [string, Branch][] => {
    const statements = apart.get(dialect)
    if (statements !== undefined) return [[dialect, branch(statements)]]
    return foreign === undefined ? [] : [[dialect, refused(`what ${dialect} needs here`, writing)]]
  })
  const configured = [...apart.keys()].join(' and ')
  const otherwise =
    foreign !== undefined
      ? branch(foreign)
      : missing.length > 0
        ? refused(`what databases other than ${configured} need here`, writing)
        : undefined
  return objectOf([...members, ['otherwise', otherwise]])
}
