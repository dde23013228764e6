import type {
  ConstraintModel,
  ConstraintOf,
  Deferrable,
  ReferentialAction,
  Row,
  Session,
  TableModel,
} from '@org/migrate-core/dialect'
import { Cursor, unwrapped } from './index-definition.ts'
import { isSet, listOf, type Oids, type Reading, refOf } from './reading.ts'

/**
 * Constraints of every kind that the model knows. NOT NULL has rows of its own from version 18, and is the column's; a foreign
 * key to a partitioned table has one more for each partition.
 */
export function readConstraints(session: Session, oids: Oids): Promise<readonly Row[]> {
  const columns = (relation: string, keys: string): string =>
    `(SELECT json_agg(a.attname::text ORDER BY k.place) FROM unnest(${keys}) WITH ORDINALITY k (number, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attnum = k.number)::text`
  // Those that are no part of the key stand behind it: https://www.postgresql.org/docs/current/catalog-pg-index.html
  const included = `(SELECT json_agg(a.attname::text ORDER BY a.attnum) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indexrelid
    WHERE i.indexrelid = c.conindid AND a.attnum > i.indnkeyatts)::text`
  return session.query(
    `SELECT c.conrelid::text AS owner, c.conname AS name, c.contype::text AS kind, ${columns('c.conrelid', 'c.conkey')} AS columns,
  CASE WHEN c.contype = 'c' THEN pg_get_expr(c.conbin, c.conrelid) END AS expression,
  CASE WHEN c.contype IN ('u', 'x') THEN pg_get_constraintdef(c.oid) END AS definition,
  CASE WHEN c.contype IN ('p', 'u', 'x') THEN ${included} END AS included,
  CASE WHEN c.contype IN ('p', 'u', 'x') THEN (SELECT array_to_json(k.reloptions)::text FROM pg_catalog.pg_class k WHERE k.oid = c.conindid) END AS options,
  CASE WHEN c.connoinherit AND c.contype = 'c' THEN 1 ELSE 0 END AS no_inherit,
  CASE WHEN c.coninhcount > 0 AND NOT c.conislocal THEN 1 ELSE 0 END AS inherited,
  CASE WHEN c.contype = 'f' AND to_jsonb(c) ->> 'confdelsetcols' IS NOT NULL THEN ${columns('c.conrelid', "ARRAY(SELECT x::smallint FROM jsonb_array_elements_text(to_jsonb(c) -> 'confdelsetcols') x)")} END AS on_delete_columns,
  CASE WHEN c.condeferrable THEN 1 ELSE 0 END AS deferrable, CASE WHEN c.condeferred THEN 1 ELSE 0 END AS deferred,
  CASE WHEN c.convalidated THEN 1 ELSE 0 END AS valid,
  rn.nspname AS target_schema, r.relname AS target,
  CASE WHEN c.contype = 'f' THEN ${columns('c.confrelid', 'c.confkey')} END AS target_columns,
  c.confdeltype::text AS on_delete, c.confupdtype::text AS on_update, c.confmatchtype::text AS match
FROM pg_catalog.pg_constraint c
LEFT JOIN pg_catalog.pg_class r ON r.oid = c.confrelid
LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
WHERE c.conrelid = ANY (${oids}) AND c.contype IN ('p', 'u', 'c', 'f', 'x')
  AND NOT (c.contype = 'f' AND c.conparentid <> 0)
ORDER BY c.conrelid, c.oid`,
  )
}

const actions: ReadonlyMap<string, ReferentialAction> = new Map<string, ReferentialAction>([
  ['r', 'restrict'],
  ['c', 'cascade'],
  ['n', 'setNull'],
  ['d', 'setDefault'],
])

function deferrableOf(row: Row): { readonly deferrable?: Deferrable } {
  if (!isSet(row.deferrable)) return {}
  return { deferrable: isSet(row.deferred) ? 'deferred' : 'immediate' }
}

function foreignKey(reading: Reading, row: Row): ConstraintModel {
  const [onDelete, onUpdate] = [actions.get(String(row.on_delete)), actions.get(String(row.on_update))]
  return {
    kind: 'foreignKey',
    name: String(row.name),
    columns: listOf(row.columns),
    references: { table: refOf(reading, row.target_schema, row.target), columns: listOf(row.target_columns) },
    ...(onDelete === undefined ? {} : { onDelete }),
    ...(row.on_delete_columns === null ? {} : { onDeleteColumns: listOf(row.on_delete_columns) }),
    ...(onUpdate === undefined ? {} : { onUpdate }),
    ...(row.match === 'f' ? { match: 'full' } : {}),
    ...deferrableOf(row),
    ...(isSet(row.valid) ? {} : { notValid: true }),
  }
}

/** What the index of a key has besides its columns. */
function keyIndex(row: Row): Pick<ConstraintOf<'unique'>, 'include' | 'options'> {
  const include = listOf(row.included)
  const options = listOf(row.options).map((option) => {
    const at = option.indexOf('=')
    return [option.slice(0, at), option.slice(at + 1)] as const
  })
  return {
    ...(include.length === 0 ? {} : { include }),
    ...(options.length === 0 ? {} : { options: Object.fromEntries(options) }),
  }
}

/** `room WITH =`, as the constraint says it. */
function exclusionElement(cursor: Cursor): { readonly expression: string; readonly operator: string } {
  const part = (end: () => boolean): string => {
    let text = ''
    while (!end()) {
      const token = cursor.next?.text === '(' ? cursor.group() : cursor.step().text
      text += text === '' || token.startsWith('(') || token === '.' || text.endsWith('.') ? token : ` ${token}`
    }
    return text
  }
  const expression = part(() => cursor.isAt('with'))
  cursor.need('with')
  let operator = ''
  while (!cursor.isAt(',') && !cursor.isAt(')'))
    operator += cursor.next?.text === '(' ? cursor.group() : cursor.step().text
  return { expression, operator }
}

function exclusion(row: Row): ConstraintModel {
  const cursor = new Cursor(String(row.definition))
  cursor.need('exclude')
  cursor.need('using')
  const method = cursor.name()
  cursor.need('(')
  const elements = [exclusionElement(cursor)]
  while (cursor.take(',')) elements.push(exclusionElement(cursor))
  cursor.need(')')
  if (cursor.take('include')) cursor.group()
  if (cursor.take('with')) cursor.group()
  const where = cursor.take('where') ? unwrapped(cursor.group()) : undefined
  return {
    kind: 'exclude',
    name: String(row.name),
    ...(method === 'gist' ? {} : { method }),
    elements,
    ...(where === undefined ? {} : { where }),
    ...keyIndex(row),
    ...deferrableOf(row),
  }
}

export function constraintOf(reading: Reading, row: Row): ConstraintModel {
  const name = String(row.name)
  switch (String(row.kind)) {
    case 'p':
      return { kind: 'primaryKey', name, columns: listOf(row.columns), ...keyIndex(row), ...deferrableOf(row) }
    case 'u': {
      const distinct = /^UNIQUE NULLS NOT DISTINCT/.test(String(row.definition))
      const columns = listOf(row.columns)
      return {
        kind: 'unique',
        name,
        columns,
        ...(distinct ? { nullsNotDistinct: true } : {}),
        ...keyIndex(row),
        ...deferrableOf(row),
      }
    }
    case 'f':
      return foreignKey(reading, row)
    case 'x':
      return exclusion(row)
  }
  const expression = unwrapped(String(row.expression))
  return {
    kind: 'check',
    name,
    expression,
    ...(isSet(row.valid) ? {} : { notValid: true }),
    ...(isSet(row.no_inherit) ? { noInherit: true } : {}),
    ...(isSet(row.inherited) ? { inherited: true } : {}),
  }
}

/** Primary key first, then as they were made. */
export function inOrder(constraints: readonly ConstraintModel[]): TableModel['constraints'] {
  const isKey = ({ kind }: ConstraintModel): boolean => kind === 'primaryKey'
  return [...constraints.filter(isKey), ...constraints.filter((one) => !isKey(one))]
}
