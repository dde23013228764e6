import {
  type ColumnType,
  type DialectTypes,
  join,
  type SchemaModel,
  type SqlFragment,
  sql,
  type TableRef,
  tableKey,
} from '@org/migrate-core/dialect'
import { nameOf, significant } from '../sql/names-in.ts'
import { quote } from '../sql/quote.ts'
import { typeOf } from './canonicalise.ts'

const isArray = (sql: string): boolean => sql.endsWith('[]')

/** `mood`, `app."Mood"`, and of an array its element: the name of a type that is written as text. */
function nameIn(sql: string): TableRef | undefined {
  const tokens = significant(isArray(sql) ? sql.slice(0, -2) : sql)
  const [first, dot, second] = tokens
  const [one, two] = [nameOf(first), nameOf(second)]
  if (tokens.length === 1 && one !== undefined) return { name: one }
  return tokens.length === 3 && dot?.text === '.' && one !== undefined && two !== undefined
    ? { schema: one, name: two }
    : undefined
}

/** Whether a type is the enum or its array. */
export function enumUse(
  model: SchemaModel,
  table: TableRef,
  type: ColumnType,
  of: TableRef,
): 'plain' | 'array' | undefined {
  const isIt = (name: string, schema: string | undefined): boolean => {
    if (name !== of.name) return false
    if (schema === of.schema) return true
    // The connection's own schema has a name too, which a table in another schema says.
    return of.schema === undefined && schema !== undefined && !model.enums.has(tableKey({ schema, name }))
  }
  if (type.kind === 'enum') {
    return type.name !== undefined && isIt(type.name, type.schema ?? table.schema) ? 'plain' : undefined
  }
  const named = type.kind === 'native' ? nameIn(type.sql) : undefined
  if (named === undefined || type.kind !== 'native') return undefined
  // Without a schema it stands somewhere in the search path.
  const isMatch = named.schema === undefined ? named.name === of.name : isIt(named.name, named.schema)
  if (!isMatch) return undefined
  return isArray(type.sql) ? 'array' : 'plain'
}

/** True in the rows whose column, or an element of its array, is one of these values. */
export function holdsEnumValue(column: SqlFragment, array: boolean, values: readonly string[]): SqlFragment {
  const list = join(values.map((value) => quote.literal(value)))
  return array ? sql`${column}::text[] && ARRAY[${list}]` : sql`${column}::text IN (${list})`
}

/** A partition's rows are those of its parent. */
export const enumValueRows: NonNullable<DialectTypes['enumValueRows']> = (
  model,
  { ref, opaque },
  column,
  ofEnum,
  values,
) => {
  const use = opaque === 'partition' ? undefined : enumUse(model, ref, typeOf(column), ofEnum)
  return use === undefined ? undefined : (quoted) => holdsEnumValue(quoted, use === 'array', values)
}
