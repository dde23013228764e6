import { longRun } from '../../../kit/scale.ts'

/** Features that the promise names: each in at least a twentieth of the rebuilds. */
const listed = [
  'incoming ON DELETE CASCADE',
  'incoming ON DELETE SET NULL',
  'incoming ON DELETE RESTRICT',
  'incoming ON DELETE NO ACTION',
  'incoming ON DELETE CASCADE, deferred',
  'incoming ON DELETE SET NULL, deferred',
  'incoming ON DELETE RESTRICT, deferred',
  'incoming ON DELETE NO ACTION, deferred',
  'trigger',
  'trigger of another table that mentions it',
  'view',
  'partial index',
  'expression index',
  'index with DESC',
  'index with COLLATE',
  'UNIQUE index',
  'COLLATE NOCASE',
  'COLLATE RTRIM',
  'UNIQUE',
  'WITHOUT ROWID',
  'STRICT',
  'generated VIRTUAL',
  'generated STORED',
  'CHECK',
  'conflict clause',
  'DEFAULT expression',
  'INTEGER PRIMARY KEY',
  'AUTOINCREMENT',
  'AUTOINCREMENT ahead of its rows',
  'composite PRIMARY KEY',
  'foreign key onto itself',
  'foreign keys in a circle',
  'name that is a keyword',
  'name with quotes',
  'name with spaces',
  'name with emoji',
  'column called rowid',
  'comments',
  'column without a type',
  'FTS5 with external content',
  'R-tree beside it',
  '0 rows',
  '1 row',
] as const

const least: ReadonlyMap<string, number> = new Map<string, number>([
  ...listed.map((feature) => [feature, 0.05] as const),
  ['incoming foreign key', 0.3],
  ['three or more changes at once', 0.2],
])

export interface Rates {
  count(features: ReadonlySet<string>): void
  /** A line per feature, the most frequent first. */
  lines(): readonly string[]
  /** Features that came too seldom. */
  missing(): readonly string[]
}

export function rates(): Rates {
  const counted = new Map<string, number>()
  let cases = 0
  const share = (feature: string): number => (cases === 0 ? 0 : (counted.get(feature) ?? 0) / cases)
  const percent = (part: number): string => `${(part * 100).toFixed(1)} %`
  return {
    count(features) {
      cases++
      for (const feature of features) counted.set(feature, (counted.get(feature) ?? 0) + 1)
    },
    lines: () =>
      [...counted.keys()]
        .sort((a, b) => share(b) - share(a))
        .map((feature) => `${percent(share(feature)).padStart(8)}  ${feature}`),
    missing: () =>
      [...least]
        // Of few cases some share is chance; that each feature comes is not.
        .filter(([feature, part]) => share(feature) < (longRun ? part : part / 10))
        .map(([feature, part]) => `${feature}: ${percent(share(feature))}, not ${percent(part)}`),
  }
}
