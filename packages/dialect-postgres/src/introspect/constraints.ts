import type {
  ConstraintModel,
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
  return session.query(
    `SELECT c.conrelid::text AS owner, c.conname AS name, c.contype::text AS kind, ${columns('c.conrelid', 'c.conkey')} AS columns,
  CASE WHEN c.contype = 'c' THEN pg_get_expr(c.conbin, c.conrelid) END AS expression,
  CASE WHEN c.contype IN ('u', 'x') THEN pg_get_constraintdef(c.oid) END AS definition,
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
    ...(onUpdate === undefined ? {} : { onUpdate }),
    ...(row.match === 'f' ? { match: 'full' } : {}),
    ...deferrableOf(row),
    ...(isSet(row.valid) ? {} : { notValid: true }),
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
  const expression = part(() => cursor.is('with'))
  cursor.need('with')
  let operator = ''
  while (!cursor.is(',') && !cursor.is(')')) operator += cursor.next?.text === '(' ? cursor.group() : cursor.step().text
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
  const where = cursor.take('where') ? unwrapped(cursor.group()) : undefined
  return {
    kind: 'exclude',
    name: String(row.name),
    ...(method === 'gist' ? {} : { method }),
    elements,
    ...(where === undefined ? {} : { where }),
    ...deferrableOf(row),
  }
}

export function constraintOf(reading: Reading, row: Row): ConstraintModel {
  const name = String(row.name)
  switch (String(row.kind)) {
    case 'p':
      return { kind: 'primaryKey', name, columns: listOf(row.columns), ...deferrableOf(row) }
    case 'u': {
      const distinct = /^UNIQUE NULLS NOT DISTINCT/.test(String(row.definition))
      const columns = listOf(row.columns)
      return { kind: 'unique', name, columns, ...(distinct ? { nullsNotDistinct: true } : {}), ...deferrableOf(row) }
    }
    case 'f':
      return foreignKey(reading, row)
    case 'x':
      return exclusion(row)
  }
  const expression = unwrapped(String(row.expression))
  return { kind: 'check', name, expression, ...(isSet(row.valid) ? {} : { notValid: true }) }
}

/** Primary key first, then as they were made. */
export function inOrder(constraints: readonly ConstraintModel[]): TableModel['constraints'] {
  const isKey = ({ kind }: ConstraintModel): boolean => kind === 'primaryKey'
  return [...constraints.filter(isKey), ...constraints.filter((one) => !isKey(one))]
}
