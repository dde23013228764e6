import type { ExtraPart, Row } from '@org/migrate-core/dialect'
import { textOf } from '../reading.ts'
import { privilegesOf, privilegesSql, type UndeclaredFacts } from './privileges.ts'
import { extra, literal, self, table } from './undeclared-facts.ts'

export const sequenceComment = 'comment of its sequence'
export const sequencePrivileges = 'privileges of its sequence'

/** What stands beside the definition of the sequence `q` of an identity. */
export const identitySequenceSql = `obj_description(q.oid, 'pg_class') AS sequence_comment,
  CASE WHEN q.oid IS NOT NULL THEN ${privilegesSql('s', 'q.relacl', 'q.relowner', 'q.relnamespace')} END AS sequence_privileges`

/**
 * A statement about the sequence of an identity, which is found by its column when the statement is sent: its name may be another then.
 * Where the column is no identity any more nothing is done.
 */
function ofSequence(column: string, parts: readonly ExtraPart[]): readonly ExtraPart[] {
  const text = parts.map((part) => (typeof part === 'string' ? part.replaceAll('%', '%%') : '%s')).join('')
  let tag = '$migrate$'
  while (text.includes(tag)) tag = `${tag.slice(0, -1)}_$`
  return [
    `DO ${tag} DECLARE s text := pg_catalog.pg_get_serial_sequence($table$`,
    table,
    '$table$, (pg_catalog.parse_ident($column$',
    { column },
    `$column$))[1]); BEGIN IF s IS NOT NULL THEN EXECUTE pg_catalog.format(${literal(text)}, s); END IF; END ${tag}`,
  ]
}

export function identitySequenceOf(row: Row, column: string): Partial<UndeclaredFacts> {
  const comment = textOf(row.sequence_comment)
  const { extras, lasting } = privilegesOf(textOf(row.sequence_privileges), ['SEQUENCE ', self])
  return {
    extras: [
      ...(comment === undefined
        ? []
        : [extra(sequenceComment, ofSequence(column, ['COMMENT ON SEQUENCE ', self, ` IS ${literal(comment)}`]))]),
      ...extras.map((each) => ({
        ...each,
        what: sequencePrivileges,
        statements: each.statements.map((parts) => ofSequence(column, parts)),
      })),
    ],
    lasting,
  }
}
