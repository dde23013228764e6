import {
  canonicalJson,
  enclosed,
  findColumn,
  findTable,
  type OperationKind,
  type OperationOf,
  putTable,
  type SchemaModel,
  type SqlFragment,
  type Statement,
  sql,
  statement,
  type TableModel,
  type TableRef,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote } from '../../sql/quote.ts'
import { foldName, isKeyword, nameOf, significant, tokenize } from '../../sql/tokenize.ts'
import { constraintText, notNullText } from '../../types/definition-text.ts'
import { withConstraint, withoutConstraint } from '../ddl/constraint-text.ts'
import { selects } from '../ddl/edit-table.ts'
import { rereadTable } from '../ddl/schema-texts.ts'
import type { OperationInContext } from '../merge-rules.ts'
import { blockingRows, violating } from '../row-checks.ts'
import { inMain } from '../statements.ts'
import { isNeverNull } from './never-null.ts'

/** A change that SQLite 3.53 makes in place: it edits the stored text of the table, and writes no row. */
interface NativeChange {
  readonly sql: SqlFragment
  /** The CREATE text as SQLite stores it afterwards. */
  readonly source: string
  /** The rows that it refuses. */
  readonly refused?: { readonly condition: string; readonly what: string }
}

/** The kinds of operations that SQLite 3.53 has a statement for. https://www.sqlite.org/lang_altertable.html */
type NativeKind = 'alterColumn' | 'addConstraint' | 'dropConstraint'

interface TableAround<K extends OperationKind> {
  readonly operation: OperationOf<K>
  readonly before: TableModel
  readonly after: TableModel
  /** The stored text before. */
  readonly text: string
}

type NativeChanges = { readonly [K in NativeKind]: (at: TableAround<K>) => NativeChange | undefined }

const alterTable = (ref: TableRef): SqlFragment => sql`ALTER TABLE ${inMain(ref)}`

/** The names that stand behind CONSTRAINT: SQLite adds none of these again, whatever it is the name of. */
function constraintNames(text: string): readonly string[] {
  const tokens = significant(tokenize(text))
  return tokens.flatMap((token, at) => (isKeyword(tokens[at - 1], 'CONSTRAINT') ? foldName(nameOf(token) ?? '') : []))
}

const nativeChanges: NativeChanges = {
  alterColumn({ operation: { table, column: name, change, using }, before, after, text }) {
    const column = findColumn(after, name)
    const at = before.columns.findIndex((each) => each.name === name)
    if (using !== undefined || change.nullable === undefined || column === undefined) return undefined
    const alter = sql`${alterTable(table)} ALTER COLUMN ${quote.identifier(name)}`
    const without = withoutConstraint(text, at)
    if (column.nullable) return { sql: sql`${alter} DROP NOT NULL`, source: without }
    const notNull = notNullText(column)
    const condition = `${quote.identifier(name).text} IS NULL`
    return {
      sql: sql`${alter} SET ${verbatim(notNull)}`,
      source: withConstraint(without, notNull, at),
      refused: { condition, what: `rows with NULL in ${table.name}.${name}` },
    }
  },
  addConstraint({ operation: { table, constraint }, before, text }) {
    if (constraint.kind !== 'check' || !isNeverNull(constraint.expression, before)) return undefined
    const { name, expression } = constraint
    if (name !== undefined && constraintNames(text).includes(foldName(name))) return undefined
    const added = constraintText(constraint)
    return {
      sql: sql`${alterTable(table)} ADD ${added}`,
      source: withConstraint(text, added.text),
      refused: { condition: `NOT ${enclosed(expression).text}`, what: violating(before, constraint) },
    }
  },
  dropConstraint({ operation: { table, constraint: selector }, before, text }) {
    const names = before.constraints.flatMap((one) => (selects(selector, one) ? [one.name] : []))
    const [name] = names
    if (name === undefined || names.length > 1) return undefined
    if (constraintNames(text).filter((each) => each === foldName(name)).length > 1) return undefined
    return {
      sql: sql`${alterTable(table)} DROP CONSTRAINT ${quote.identifier(name)}`,
      source: withoutConstraint(text, name),
    }
  },
}

/** Without its text, which may place what is the same differently. */
const meaning = (table: TableModel): string => canonicalJson({ ...table, source: '' })

/** All tokens, however they are ordered and laid out. */
const tokensIn = (text: string): string =>
  canonicalJson(
    tokenize(text)
      .flatMap(({ kind, text: word }) => (kind === 'space' || word === ',' ? [] : word))
      .sort(),
  )

/**
 * The change in place, where it gives what a rebuild would give. SQLite edits the text by the words in it: it takes the comments beside a
 * constraint along, and `NOT DEFERRABLE` for a NOT NULL. Where the table would mean something else, or would lose a word that a rebuild
 * keeps, there is none.
 */
function nativeChange({ operation, before, after }: OperationInContext): NativeChange | undefined {
  if (!Object.hasOwn(nativeChanges, operation.kind)) return undefined
  const { table: ref } = operation as OperationOf<NativeKind>
  const [from, to] = [findTable(before, ref), findTable(after, ref)]
  if (from?.source === undefined || to?.source === undefined || from.opaque !== undefined) return undefined
  if (from.source === to.source) return undefined
  const around = { operation, before: from, after: to, text: from.source }
  const change = (nativeChanges[operation.kind as NativeKind] as (at: object) => NativeChange | undefined)(around)
  if (change === undefined || tokensIn(change.source) !== tokensIn(to.source)) return undefined
  return meaning(rereadTable(after, from, change.source)) === meaning(to) ? change : undefined
}

/** The schema after an operation with the text that SQLite stores where it makes the change in place. */
export function withNativeText(at: OperationInContext): SchemaModel {
  const change = nativeChange(at)
  const table = change && findTable(at.after, (at.operation as OperationOf<NativeKind>).table)
  return table === undefined ? at.after : putTable(at.after, rereadTable(at.after, table, change?.source ?? ''))
}

/** The statement that makes the change in place; undefined where it takes a rebuild. */
export function nativeStatement(at: OperationInContext): Statement | undefined {
  const change = nativeChange(at)
  if (change === undefined) return undefined
  const { table } = at.operation as OperationOf<NativeKind>
  const from = findTable(at.before, table)
  const { refused } = change
  const blocking = from && refused && blockingRows(from, refused.condition, refused.what)
  return statement(change.sql, [table], blocking === undefined ? {} : { blockingRows: blocking })
}
