import { recorded } from '../figures.ts'
import { rows } from './index.ts'
import { type Engine, engines, type Row } from './row.ts'

export const pageFile = new URL('../../../docs/reference/faults.md', import.meta.url)

const names: { readonly [P in Engine]: string } = {
  sqlite: 'SQLite',
  postgres: 'PostgreSQL',
  pgbouncer: 'PgBouncer',
  mariadb: 'MariaDB',
  mysql: 'MySQL',
  galera: 'Galera',
}

export function isTested(each: Row, engine: Engine): boolean {
  return each.by.some(({ on }) => on.includes(engine))
}

/** On every place that it names. */
export function isWholly({ on, ...each }: Row): boolean {
  return on.every((engine) => isTested({ on, ...each }, engine))
}

function cell(each: Row, engine: Engine): string {
  if (!each.on.includes(engine)) return ''
  return isTested(each, engine) ? 'covered' : '–'
}

const head = `# Faults

This page lists what can fail while a database is migrated, the result, and what the user sees. Each "covered" is a test that causes the fault on that database.

The list of faults and the recorded figures are kept with the tests. A test finds every test that the list names.

- **covered**: a test causes the fault on this database, and asserts the result.
- **–**: no test; the reasons are [below](#not-covered).
- An empty cell: the fault doesn't exist on this database, or is the same as on a covered one.
`

function figuresTable(): readonly string[] {
  const all = Object.entries(recorded())
  if (all.length === 0) return []
  const lines = all.flatMap(([what, byServer]) =>
    Object.entries(byServer).map(([server, counts]) => {
      const counted = Object.entries(counts).map(([name, count]) => `${count} ${name}`)
      return `| ${what} | ${names[server as Engine]} | ${counted.join(', ')} |`
    }),
  )
  return [
    '## Kills',
    '',
    'A run is killed at each boundary between it and its database, and then run again. The database must be the same as after an undisturbed run.',
    '',
    '- `old`: nothing of the revision was committed before the kill',
    '- `new`: all of it was committed',
    '- `parts`: a part of it was committed, and the next run resumed',
    '- `asked`: a person had to answer whether a statement of the author ran',
    '',
    '| | server | |',
    '|---|---|---|',
    ...lines,
    '',
  ]
}

/** The page, from the list and the recorded figures. */
export function page(): string {
  const unproven = rows.filter((each) => !isWholly(each))
  const cases = rows.flatMap((each) => each.on.map((engine) => isTested(each, engine)))
  return [
    head,
    `${rows.filter(isWholly).length} of ${rows.length} faults are covered on every database where they exist. Of ${cases.length} cells, ${cases.filter(Boolean).length} are covered.`,
    '',
    `| | fault | ${engines.map((engine) => names[engine]).join(' | ')} | result | what the user sees |`,
    `|---|---|${engines.map(() => '---|').join('')}---|---|`,
    ...rows.map(
      (each) =>
        `| ${each.number} | ${each.fault} | ${engines.map((engine) => cell(each, engine)).join(' | ')} | ${each.outcome} | ${each.shows} |`,
    ),
    '',
    ...figuresTable(),
    '## Not covered',
    '',
    ...unproven.map(
      (each) =>
        `- ${each.number}, ${each.on
          .filter((engine) => !isTested(each, engine))
          .map((engine) => names[engine])
          .join(', ')}: ${each.why ?? ''}`,
    ),
    '',
  ].join('\n')
}
