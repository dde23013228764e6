import { join, type SqlFragment, type Statement, sql, type TableModel } from '@org/migrate-core/dialect'
import { type Server, since } from '../../flavour.ts'
import { quote } from '../../sql/quote.ts'
import { noRows, textValue } from '../row-checks.ts'
import { floating } from './value-range.ts'

const times = /^(?:date|datetime|timestamp)\b/i
const exact = /^(?:(?:tiny|small|medium|big)?int|decimal)\b/i

/** Of a text, CAST leaves the end that it cannot read out, and MODIFY refuses it: the `Z` of ISO 8601, on MariaDB an offset too. */
function endsUnread({ flavour }: Server, name: SqlFragment): SqlFragment {
  const end = flavour === 'mariadb' ? '([A-Za-z]|:[0-9.]+[+][0-9:]+)$' : '[A-Za-z]$'
  return sql`${name} REGEXP ${quote.literal(end)}`
}

/** Whatever its modes say, MySQL takes no number 0, and of those with a year of two digits none of 2000 (of decimals some). */
function tooSmall(name: SqlFragment, from: string): SqlFragment {
  return /^decimal/i.test(from) ? sql`${name} = 0` : sql`${name} < 10101`
}

/** From 1970 to 2038, on MariaDB to 2106 from 11.5 on (of 64 bits), and the zero of the mode that has it. Our sessions have UTC. */
function beyondTimestamp(server: Server, time: SqlFragment): SqlFragment {
  const end = since(server, { mariadb: [11, 5, 0] }) ? '2106-02-07 06:28:16' : '2038-01-19 03:14:08'
  const start = quote.literal('1970-01-01 00:00:00')
  return sql`((${time} <= ${start} AND YEAR(${time}) > 0) OR ${time} >= ${quote.literal(end)} OR (YEAR(${time}) > 0 AND MONTH(${time}) * DAYOFMONTH(${time}) = 0))`
}

/**
 * What is no time: the server would name the first one by its place, after it has committed what the revision did before. CAST gives NULL
 * for nothing that MODIFY takes, but for floating numbers on MariaDB (1000001; measured on 9.7, 10.11 and 11.8).
 */
export function onlyTimes(
  server: Server,
  table: TableModel,
  column: string,
  [from, to]: readonly [string, string],
): readonly Statement[] {
  const { flavour } = server
  const name = quote.identifier(column)
  const text = textValue(name, from)
  const isText = text !== undefined
  const isConverted = isText || exact.test(from) || (flavour === 'mysql' && floating.test(from))
  if (!times.test(to) || !(isConverted || times.test(from))) return []
  const cast = isConverted ? sql`CAST(${text ?? name} AS DATETIME(6))` : name
  const conditions = [
    ...(isConverted ? [sql`(${name} IS NOT NULL AND ${cast} IS NULL)`] : []),
    ...(isText ? [endsUnread(server, text)] : []),
    ...(isConverted && !isText && flavour === 'mysql' ? [tooSmall(name, from)] : []),
    ...(/^timestamp/i.test(to) && !/^timestamp/i.test(from) ? [beyondTimestamp(server, cast)] : []),
  ]
  return conditions.length === 0
    ? []
    : [
        noRows(
          table,
          join(conditions, ' OR '),
          `with a value in ${column} that is no ${to}`,
          'Give those rows another value in a data step before.',
        ),
      ]
}

const timeOfDay = /^time\b(?!stamp)/i
const lastTime = '838:59:59'

/**
 * What is no time of day, or none that the type has. CAST cuts a text beyond the last one down to it, reads a date as the time 00:20:01,
 * and leaves the end out that it cannot read; of the largest numbers MariaDB makes the last time, with its fraction.
 */
export function onlyTimesOfDay(
  { flavour }: Server,
  table: TableModel,
  column: string,
  [from, to]: readonly [string, string],
): readonly Statement[] {
  const name = quote.identifier(column)
  const text = textValue(name, from)
  const isNumber = exact.test(from) || floating.test(from)
  if (!timeOfDay.test(to) || timeOfDay.test(from) || !(text !== undefined || isNumber)) return []
  const cast = sql`CAST(${text ?? name} AS TIME(6))`
  const last = quote.literal(lastTime)
  const noTime = quote.literal(`[A-Za-z]$|^ *[0-9]+-[0-9]+-[0-9]+( *$|${flavour === 'mysql' ? '[-T]' : '-'})`)
  const misread =
    text === undefined
      ? sql`ABS(TIME_TO_SEC(${cast})) > 3020399.9999`
      : sql`(ABS(TIME_TO_SEC(${cast})) >= 3020399 AND TRIM(${text}) NOT IN (${last}, CONCAT('-', ${last}))) OR ${text} REGEXP ${noTime}`
  // CAST gives NULL for an empty text, of which MySQL makes 00:00:00.
  const isEmpty = text !== undefined && flavour === 'mysql' ? sql` AND TRIM(${text}) <> ''` : sql``
  return [
    noRows(
      table,
      sql`(${name} IS NOT NULL AND ${cast} IS NULL${isEmpty}) OR ${misread}`,
      `with a value in ${column} that is no ${to}`,
      'Give those rows another value in a data step before.',
    ),
  ]
}
