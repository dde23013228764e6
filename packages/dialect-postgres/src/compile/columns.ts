import {
  type CompileTable,
  canonicalJson,
  closed,
  enclosed,
  join,
  type OperationAround,
  type SchemaModel,
  type SqlFragment,
  type SqlText,
  type Statement,
  type StatementExtras,
  sql,
  type TableModel,
  verbatim,
} from '@org/migrate-core/dialect'
import { hasNullableHeirs, heirDefault, heirNotNull, heirNulls } from '../introspect/whole/heirs.ts'
import { sequenceComment, sequencePrivileges } from '../introspect/whole/identity-sequence.ts'
import { storageWord } from '../introspect/whole/undeclared-facts.ts'
import { quote } from '../sql/quote.ts'
import { serialSequence } from '../sql/server-names.ts'
import { unsupported } from '../sql/unsupported.ts'
import type { Features } from '../sql/version.ts'
import { canonicaliseColumn, typeText } from '../types/canonicalise.ts'
import { enumCheckName, enumValues } from '../types/enum-check.ts'
import { enumUse } from '../types/enum-columns.ts'
import { requireCast } from './casts.ts'
import { commentOnColumn } from './comments.ts'
import {
  collate,
  columnDefinition,
  defaultValue,
  enumCheck,
  identityText,
  isOneOf,
  newColumnName,
  requireNoOnUpdate,
  requireSize,
} from './definitions/definitions.ts'
import {
  asSequence,
  type ColumnChange,
  identityChanges,
  numberAfterRows,
  numberFromSequence,
  requireIdentityColumn,
} from './definitions/identity-options.ts'
import { around } from './dependants/dependants.ts'
import { extraStatements } from './dependants/extras.ts'
import { recreateColumn } from './dependants/recreate-column.ts'
import { restoreSettings } from './dependants/settings.ts'
import { nullsOf, refusedByCheck, rowsBeyond, rowsWithout, rowsWithValue } from './row-checks.ts'
import { movedIntoBounds, renameSequence, renameSequences } from './sequences.ts'
import { alterTable, columnOf, refText, tableOf } from './statements.ts'

import { renameEnumChecks } from './tables.ts'

interface Changing extends ColumnChange {
  readonly using: SqlText | undefined
  readonly toEnumArray: boolean
}

const same = (a: unknown, b: unknown): boolean => canonicalJson(a ?? null) === canonicalJson(b ?? null)

const of = (column: string, action: SqlFragment): SqlFragment => sql`ALTER COLUMN ${quote.identifier(column)} ${action}`

function typeAction(changing: Changing): SqlFragment | undefined {
  const { table, old, now, using, toEnumArray } = changing
  const [from, to] = [typeText(table, old), typeText(table, now)]
  if (using === undefined && from === to && old.collation === now.collation) return undefined
  if (using === undefined)
    requireCast({ table, column: now.name, from: old.type, to: now.type, target: to, toEnumArray })
  const collation = now.collation === undefined ? sql`` : sql` ${collate(now.collation)}`
  const convert =
    using === undefined ? sql`` : sql` USING ${closed(typeof using === 'string' ? using : using.postgres)}`
  return of(now.name, sql`TYPE ${verbatim(to)}${collation}${convert}`)
}

/** Whether the column becomes NOT NULL in its own table, and not in every heir. */
const isOnlyFilled = ({ old, now }: Changing): boolean => old.nullable && !now.nullable && hasNullableHeirs(now)

/** What one ALTER TABLE says of the type, the default and NULL. A default goes before the type changes: it has no USING. */
function mainActions(changing: Changing, type: SqlFragment | undefined): readonly SqlFragment[] {
  const { old, now } = changing
  const renewed = type !== undefined || !same(old.default, now.default)
  const drop = old.default !== undefined && (type !== undefined || now.default === undefined)
  return [
    ...(drop ? [of(now.name, sql`DROP DEFAULT`)] : []),
    ...(type === undefined ? [] : [type]),
    ...(now.default !== undefined && renewed ? [of(now.name, sql`SET DEFAULT ${defaultValue(now.default)}`)] : []),
    ...(old.nullable === now.nullable || isOnlyFilled(changing)
      ? []
      : [of(now.name, now.nullable ? sql`DROP NOT NULL` : sql`SET NOT NULL`)]),
  ]
}

/** Undefined where the column has to be recreated, since only then its values are computed. */
function changeGenerated({ table, old, now }: Changing, features: Features): readonly Statement[] | undefined {
  const [previous, current] = [old.generated, now.generated]
  if (same(previous, current)) return []
  if (previous === undefined) return undefined
  if (current !== undefined) {
    // SET EXPRESSION takes none of another type than the column has, and TYPE none than the old expression has (42804).
    const isRetyped = typeText(table, old) !== typeText(table, now)
    if (previous.stored !== current.stored || isRetyped || !features.setExpression) return undefined
    return [alterTable(table, of(now.name, sql`SET EXPRESSION AS ${enclosed(current.expression)}`))]
  }
  if (previous.stored) return [alterTable(table, of(now.name, sql`DROP EXPRESSION`))]
  const subject = `change column ${refText(table)}.${now.name}`
  const remedy = 'Add another column, fill it, and drop this one, in the same revision.'
  return unsupported(subject, 'a virtual column has no values that would stay', remedy)
}

function changeIdentity(
  changing: Changing,
  before: SchemaModel,
): { before: readonly Statement[]; after: readonly Statement[] } {
  const { table, old, now } = changing
  const [previous, current] = [old.identity, now.identity]
  const kind = (mode: NonNullable<typeof previous>['mode']) => (mode === 'always' ? 'always' : 'byDefault')
  if (current === undefined) {
    const drop = previous === undefined ? [] : [alterTable(table, of(now.name, sql`DROP IDENTITY`))]
    return { before: drop, after: [] }
  }
  if (previous === undefined) {
    const add = alterTable(table, of(now.name, sql`ADD ${identityText(current, now.name)}`))
    return { before: [], after: [add, ...numberAfterRows(changing, before)] }
  }
  const [from, to] = [previous, current].map(({ sequence }) => sequence ?? serialSequence(table, now.name).name) as [
    string,
    string,
  ]
  const renamed = from === to ? [] : [renameSequence({ from: { ...table, name: from }, to: { ...table, name: to } })]
  const actions = [
    ...(kind(previous.mode) === kind(current.mode)
      ? []
      : [sql`SET GENERATED ${current.mode === 'always' ? sql`ALWAYS` : sql`BY DEFAULT`}`]),
    ...identityChanges(previous, current, now.name),
  ]
  const altered = actions.length === 0 ? [] : [alterTable(table, of(now.name, join(actions, ' ')))]
  const sequence = { ...table, name: to }
  const intoBounds = movedIntoBounds(asSequence(sequence, previous, now.type), asSequence(sequence, current, now.type))
  return { before: [], after: [...renamed, ...intoBounds, ...altered] }
}

/** The CHECK that holds the values of an enum without a type. */
function changeEnumCheck({ table, old, now }: Changing, rows: TableModel) {
  const [previous, current] = [enumValues(old.type), enumValues(now.type)]
  if (same(previous, current)) return { before: [], after: [] }
  const drop = sql`DROP CONSTRAINT ${quote.identifier(enumCheckName(table.name, old.name))}`
  const name = enumCheckName(table.name, now.name)
  const add = (values: readonly string[]) =>
    alterTable(
      table,
      sql`ADD ${enumCheck(table, now.name, values)}`,
      refusedByCheck(rows, { name, expression: isOneOf(now.name, values).text }),
    )
  return {
    before: previous === undefined ? [] : [alterTable(table, drop)],
    after: current === undefined ? [] : [add(current)],
  }
}

/** The new type brings its own way to store values, an identity a new sequence, and heirs get each default and the end of NOT NULL; what else the column has stays. */
function extrasAfter({ table, old, now }: Changing, typed: boolean): readonly Statement[] {
  const reset = [
    ...(typed ? [storageWord] : []),
    ...(typed || !same(old.default, now.default) ? [heirDefault] : []),
    ...(!old.nullable && now.nullable ? [heirNotNull] : []),
    ...(old.nullable && !now.nullable && hasNullableHeirs(now) ? heirNulls : []),
    ...(old.identity === undefined && now.identity !== undefined ? [sequenceComment, sequencePrivileges] : []),
  ]
  return extraStatements(
    now.extras?.filter(({ what }) => reset.includes(what)),
    { table },
  )
}

/** Whether a conversion is that of the column's value itself: the value that the server refuses is then one of the column. */
function isPlainCast(using: SqlText | undefined, column: string): boolean {
  const text = typeof using === 'object' ? using.postgres : using
  if (text === undefined) return true
  const [, plain, name] =
    /^\s*(?:cast\s*\(\s*)?\(?\s*(?:(\w+)|"((?:[^"]|"")+)")\s*\)?\s*(?:::|as\b)[^:'(),]+(?:\([\d, ]*\))?[\s[\]]*\)?\s*$/i.exec(
      text,
    ) ?? []
  return plain?.toLowerCase() === column || name?.replaceAll('""', '"') === column
}

/** The rows that the main change is refused for. */
function rowsRefused(changing: Changing, rows: TableModel): StatementExtras {
  const { table, old, now, using } = changing
  const nulls = old.nullable && !now.nullable && !isOnlyFilled(changing) ? nullsOf(rows, [old.name]) : {}
  const beyond = using === undefined ? rowsBeyond(rows, old.name, typeText(table, old), typeText(table, now)) : {}
  const blockingRows = [nulls, beyond].flatMap((each) => each.blockingRows ?? [])
  return {
    ...(blockingRows.length === 0 ? {} : { blockingRows }),
    ...(isPlainCast(using, old.name) ? rowsWithValue(rows, old, typeText(table, now)) : {}),
  }
}

function alterColumn(at: OperationAround<'alterColumn'>, features: Features): readonly Statement[] {
  const { operation, before, after } = at
  const { table: ref, using } = operation
  const old = canonicaliseColumn(columnOf(tableOf(before, ref), operation.column))
  const now = canonicaliseColumn(columnOf(tableOf(after, ref), operation.column))
  if (now.onUpdate !== undefined && old.onUpdate === undefined) requireNoOnUpdate(now)
  const toEnumArray = [...before.enums.values()].some(
    (each) =>
      enumUse(before, ref, now.type, each.ref) === 'array' && enumUse(before, ref, old.type, each.ref) !== 'array',
  )
  const changing = { table: ref, old, now, using, toEnumArray }
  const generated = changeGenerated(changing, features)
  if (generated === undefined) return recreateColumn({ before, table: ref, now }, features)
  requireSize(now, features)
  requireIdentityColumn(ref, now)
  const type = typeAction(changing)
  const actions = mainActions(changing, type)
  const identity = changeIdentity(changing, before)
  const check = changeEnumCheck(changing, tableOf(before, ref))
  const numbering = numberFromSequence(changing, after)
  const dropsIdentity = old.identity !== undefined && now.identity === undefined
  const main = [
    ...generated,
    // The position of an identity goes with it.
    ...(dropsIdentity ? numbering : []),
    ...identity.before,
    ...check.before,
    ...(actions.length === 0
      ? []
      : [
          alterTable(ref, join(actions), {
            ...rowsRefused(changing, tableOf(before, ref)),
            ...(type === undefined ? {} : { note: `change ${refText(ref)}.${now.name} to ${typeText(ref, now)}` }),
          }),
        ]),
    ...(isOnlyFilled(changing)
      ? [alterTable(ref, of(now.name, sql`SET NOT NULL`), nullsOf(tableOf(before, ref), [old.name], true), sql`ONLY `)]
      : []),
    ...identity.after,
    ...(dropsIdentity ? [] : numbering),
    ...check.after,
    ...((old.comment ?? '') === (now.comment ?? '') ? [] : [commentOnColumn(ref, now.name, now.comment)]),
    ...extrasAfter(changing, type !== undefined),
    ...(type === undefined && generated.length === 0 ? [] : restoreSettings(tableOf(before, ref), [now.name])),
  ]
  return type === undefined ? main : around(before, ref, now, main)
}

export function columnStatements(
  features: Features,
): Pick<CompileTable, 'addColumn' | 'dropColumn' | 'alterColumn' | 'renameColumn'> {
  return {
    addColumn: ({ operation: { table, column }, before }) => [
      alterTable(
        table,
        sql`ADD COLUMN ${columnDefinition(table, column, features)}`,
        rowsWithout(tableOf(before, table), column),
      ),
      ...(column.comment === undefined || column.comment === ''
        ? []
        : [commentOnColumn(table, column.name, column.comment)]),
      ...extraStatements(column.extras, { table }),
    ],
    dropColumn: ({ operation: { table, column } }) => [alterTable(table, sql`DROP COLUMN ${quote.identifier(column)}`)],
    alterColumn: (at) => alterColumn(at, features),
    renameColumn: ({ operation: { table, column, to }, before }) => {
      const owner = tableOf(before, table)
      const renamed = owner.columns.filter(({ name }) => name === column)
      return [
        alterTable(table, sql`RENAME COLUMN ${quote.identifier(column)} TO ${newColumnName(table, to)}`),
        ...renameSequences(before, { table, to: table, column: { from: column, to } }),
        ...renameEnumChecks({ ...owner, columns: renamed }, table, () => ({ table: table.name, column: to })),
      ]
    },
  }
}
