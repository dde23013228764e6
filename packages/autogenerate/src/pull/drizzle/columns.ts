import type { ColumnModel, ColumnType, DefaultValue, TableModel } from '@org/migrate-core/dialect'
import { isOfEnum } from '@org/migrate-core/internal'
import { type Code, call, literal, object, string, verbatimCode } from '../../render/code.ts'
import { type UndeclaredObject, undeclaredPart } from '../undeclared.ts'
import type { ColumnTypeCall } from './types/type-call.ts'
import { callWith, chain, type DrizzleWriting } from './writing.ts'

/** How a column begins: the function of its type, and what its default may be. */
interface ColumnStart {
  readonly code: Code
  readonly call?: ColumnTypeCall
}

const enumType = /^(?:tiny|small|medium|big)?int/

/** The enum that a column, or the elements of an array, are of. */
function enumName(
  column: ColumnModel,
  type: ColumnType,
  table: TableModel,
  writing: DrizzleWriting,
): string | undefined {
  const { schema, dialect } = writing
  const bare = (text: string): string => text.replaceAll('"', '')
  const found = [...schema.enums.values()].find(({ ref, values }) =>
    type.kind === 'native'
      ? bare(dialect.types.toSql({ kind: 'enum', ...ref, values })) === bare(type.sql)
      : isOfEnum(schema, table, { ...column, type }, ref),
  )
  return found && writing.nameOf('enum', found.ref)
}

/** A type of Drizzle's own, or one that is written with `customType`. */
function startOf(column: ColumnModel, type: ColumnType, table: TableModel, writing: DrizzleWriting): ColumnStart {
  const { vocabulary, dialect, uses } = writing
  const name = string(column.name)
  const text = dialect.types.toSql(type)
  if (dialect.name === 'mysql' && type.kind === 'enum') {
    const start = { word: 'mysqlEnum', plainDefault: 'string' } as const
    return { code: call(uses(start.word), [name, literal(type.values)]), call: start }
  }
  if (dialect.name === 'postgres') {
    const own = enumName(column, type, table, writing)
    if (own !== undefined) return { code: call(own, [name]), call: { word: own, plainDefault: 'string' } }
    const [, element = '', marks] = /^([\s\S]+?)((?:\[\])+)$/.exec(text) ?? []
    if (marks !== undefined) {
      const { code } = startOf(column, dialect.types.fromSql(element), table, writing)
      return {
        code: chain(
          code,
          Array.from({ length: marks.length / 2 }, () => verbatimCode('array()')),
        ),
      }
    }
  }
  if (type.kind === 'enum' && type.name === undefined) {
    const given = [name, object({ enum: literal(type.values) })]
    return { code: call(uses('text'), given), call: { word: 'text', plainDefault: 'string' } }
  }
  const start = vocabulary.typeOf(text)
  if (!('word' in start)) return { code: call(writing.custom(start), [name]) }
  const options = Object.entries(start.options ?? {}).map(([option, value]) => [option, literal(value)] as const)
  return { code: callWith(uses(start.word), [name], Object.fromEntries(options)), call: start }
}

export const quoted = (text: string, { dialect }: DrizzleWriting): string => {
  const doubled = text.replaceAll("'", "''")
  return `'${dialect.name === 'mysql' ? doubled.replaceAll('\\', '\\\\') : doubled}'`
}

function literalText(value: string | number | boolean | null, writing: DrizzleWriting): string {
  if (typeof value === 'string') return quoted(value, writing)
  if (typeof value === 'boolean' && writing.dialect.name === 'sqlite') return value ? '1' : '0'
  return value === null ? 'NULL' : String(value)
}

function nowText(column: ColumnModel, { dialect }: DrizzleWriting): string {
  if (dialect.name === 'postgres') return 'now()'
  const [, digits] = /\((\d)\)/.exec(dialect.name === 'mysql' ? dialect.types.toSql(column.type) : '') ?? []
  return `CURRENT_TIMESTAMP${digits === undefined ? '' : `(${digits})`}`
}

function defaultCall(column: ColumnModel, value: DefaultValue, start: ColumnStart, writing: DrizzleWriting): Code {
  if (value.kind === 'now') {
    const isOwn = writing.dialect.name === 'postgres' && /^(?:timestamp|date|time)$/.test(start.call?.word ?? '')
    return isOwn ? verbatimCode('defaultNow()') : call('default', [writing.sql(nowText(column, writing))])
  }
  if (value.kind === 'literal') {
    const isPlain = typeof value.value === start.call?.plainDefault
    return call('default', [isPlain ? literal(value.value) : writing.sql(literalText(value.value, writing))])
  }
  return call('default', [writing.sql(writing.dialect.name === 'postgres' ? value.sql : `(${value.sql})`)])
}

function identityCall({ identity }: ColumnModel): Code | undefined {
  if (identity === undefined || identity.mode === 'autoIncrement') return undefined
  const { mode, start, sequence, ...rest } = identity
  const options = Object.entries({ name: sequence ?? undefined, startWith: start, ...rest })
  const word = mode === 'always' ? 'generatedAlwaysAsIdentity' : 'generatedByDefaultAsIdentity'
  return callWith(
    word,
    [],
    Object.fromEntries(options.map(([name, value]) => [name, value === undefined ? undefined : literal(value)])),
  )
}

function generatedCall({ generated }: ColumnModel, writing: DrizzleWriting): Code | undefined {
  if (generated === undefined) return undefined
  const mode =
    writing.dialect.name === 'postgres' ? [] : [object({ mode: string(generated.stored ? 'stored' : 'virtual') })]
  return call('generatedAlwaysAs', [writing.sql(generated.expression), ...mode])
}

interface ColumnCode {
  readonly code: Code
  readonly undeclared: readonly UndeclaredObject[]
}

/** A column, and what Drizzle's function for its type has no word for. `isKey`: it is the primary key, which is declared with it. */
export function columnCode(
  column: ColumnModel,
  table: TableModel,
  isKey: boolean,
  writing: DrizzleWriting,
): ColumnCode {
  const { dialect } = writing
  const start = startOf(column, column.type, table, writing)
  const { default: value, identity, generated, onUpdate } = column
  const word = start.call?.word ?? ''
  const isAuto = identity?.mode === 'autoIncrement' && dialect.name !== 'postgres'
  const counts = isAuto && (dialect.name === 'sqlite' || enumType.test(word))
  const key = counts && dialect.name === 'sqlite' ? [object({ autoIncrement: literal(true) })] : []
  const methods = [
    isKey ? call('primaryKey', key) : undefined,
    counts && dialect.name === 'mysql' ? verbatimCode('autoincrement()') : undefined,
    column.nullable || isKey ? undefined : verbatimCode('notNull()'),
    value && defaultCall(column, value, start, writing),
    identityCall(column),
    generatedCall(column, writing),
    onUpdate !== undefined && word === 'timestamp' ? verbatimCode('onUpdateNow()') : undefined,
  ]
  const left = [
    ...(isAuto && !counts ? ['AUTO_INCREMENT'] : []),
    ...(onUpdate !== undefined && word !== 'timestamp' ? ['ON UPDATE CURRENT_TIMESTAMP'] : []),
    ...(generated?.stored === false && dialect.name === 'postgres' ? ['VIRTUAL'] : []),
  ]
  return {
    code: chain(
      start.code,
      methods.filter((one) => one !== undefined),
    ),
    undeclared:
      left.length === 0
        ? []
        : [undeclaredPart('column', table.ref, column.name, `declared without ${left.join(' and ')}`)],
  }
}
