import { type AppliedMigration, type FolderMigration, matchFolder, type ToolHistory } from '@org/migrate-autogenerate'
import { describe, expect, it } from 'vitest'

const when = (minute: number): string => new Date(Date.UTC(2021, 4, 6, 7, minute)).toISOString()

function migration(name: string, more: Partial<FolderMigration> = {}): FolderMigration {
  return { name, up: { file: `${name}.sql`, text: '' }, hash: `hash of ${name}`, otherHashes: [], ...more }
}

const recordsOf = (records: ToolHistory['records'], applied: readonly AppliedMigration[]): ToolHistory => ({
  tool: 'a tool',
  tables: [],
  records,
  applied,
  problems: [],
})

const row = (name: string, minute: number) => ({ name: `hash of ${name}`, hash: `hash of ${name}`, at: when(minute) })

describe('where a database of drizzle-kit stands', () => {
  const folder = [migration('a', { at: when(1) }), migration('b', { at: when(2) }), migration('c', { at: when(3) })]

  it('is behind the last entry that has a row', () => {
    expect(matchFolder(recordsOf('mark', [row('a', 1), row('b', 2)]), folder)).toEqual({
      applied: [
        { migration: 'a', by: 'hash', row: row('a', 1) },
        { migration: 'b', by: 'hash', row: row('b', 2) },
      ],
      skipped: [],
      pending: ['c'],
      unknown: [],
      edited: [],
      at: 'b',
    })
  })

  it('is nowhere without rows', () => {
    const position = matchFolder(recordsOf('mark', []), folder)
    expect(position).toEqual({ applied: [], skipped: [], pending: ['a', 'b', 'c'], unknown: [], edited: [] })
  })

  it('is known by the time of an entry whose file was edited, which is told', () => {
    const position = matchFolder(recordsOf('mark', [row('a', 1), { ...row('x', 2) }]), folder)
    expect(position).toMatchObject({ at: 'b', edited: ['b'], unknown: [], pending: ['c'] })
    expect(position.applied[1]?.by).toBe('time')
  })

  it('is not guessed from a row that matches nothing', () => {
    const position = matchFolder(recordsOf('mark', [row('a', 1), row('deleted', 9)]), folder.slice(0, 1))
    expect(position).toMatchObject({ at: 'a', unknown: [row('deleted', 9)] })
  })

  it('has no place where one in the middle was never run', () => {
    const position = matchFolder(recordsOf('mark', [row('a', 1), row('c', 3)]), folder)
    expect(position).toMatchObject({ skipped: ['b'], pending: [] })
    expect(position.at).toBeUndefined()
  })

  it('is told with what was merged in with an earlier time, which the tool never runs', () => {
    const merged = [
      migration('b', { at: when(20) }),
      migration('a', { at: when(10) }),
      migration('c', { at: when(30) }),
    ]
    const position = matchFolder(recordsOf('mark', [row('b', 20)]), merged)
    expect(position).toMatchObject({ at: 'b', skipped: ['a'], pending: ['c'] })
    // A tool that looks at each of them would run it.
    expect(matchFolder(recordsOf('each', [row('b', 20)]), merged)).toMatchObject({ skipped: [], pending: ['a', 'c'] })
  })

  it('is right where two files have one text', () => {
    const duplicates = [1, 2, 3].map((minute) => migration(`t${minute}`, { at: when(minute), hash: 'one' }))
    const position = matchFolder(recordsOf('mark', [{ name: 'one', hash: 'one', at: when(2) }]), duplicates)
    expect(position).toMatchObject({ applied: [{ migration: 't2', by: 'hash' }], skipped: ['t1'], pending: ['t3'] })
  })

  it('is known by the hash of a text with other line ends', () => {
    const folder = [migration('a', { otherHashes: ['with feeds alone'] })]
    const position = matchFolder(recordsOf('mark', [{ name: 'x', hash: 'WITH FEEDS ALONE' }]), folder)
    expect(position).toMatchObject({ at: 'a', edited: [] })
  })
})

describe('where a database of another tool stands', () => {
  const folder = ['001_a', '002_b', '010_c'].map((name) => migration(name, { version: name.slice(0, 3) }))

  it.each([
    ['the whole name', ['001_a', '002_b'], 'name'],
    ['the name of the file', ['001_a.sql', '002_b.up.sql'], 'name'],
    ['the name of a script', ['001_a.js', '002_b.ts'], 'name'],
    ['the digits', ['001', '002'], 'version'],
    ['the number', ['1', '2'], 'version'],
  ])('is known by %s', (_what, names, by) => {
    const position = matchFolder(
      recordsOf(
        'each',
        names.map((name) => ({ name })),
      ),
      folder,
    )
    expect(position.applied.map((each) => [each.migration, each.by])).toEqual([
      ['001_a', by],
      ['002_b', by],
    ])
    expect(position).toMatchObject({ at: '002_b', pending: ['010_c'], unknown: [] })
  })

  it('is behind all up to the one row of a tool that keeps its last alone', () => {
    const position = matchFolder(recordsOf('last', [{ name: '10' }]), folder)
    expect(position.applied.map(({ migration, by }) => [migration, by])).toEqual([
      ['001_a', 'order'],
      ['002_b', 'order'],
      ['010_c', 'version'],
    ])
    expect(position).toMatchObject({ at: '010_c', pending: [], skipped: [] })
  })

  it('is not known where that row names none of them', () => {
    const position = matchFolder(recordsOf('last', [{ name: '7' }]), folder)
    expect(position).toMatchObject({ applied: [], unknown: [{ name: '7' }], pending: ['001_a', '002_b', '010_c'] })
    expect(position.at).toBeUndefined()
  })

  it('is told with a checksum that is another than the file’s', () => {
    const position = matchFolder(recordsOf('each', [{ name: '001_a', hash: 'another' }]), folder)
    expect(position).toMatchObject({ at: '001_a', edited: ['001_a'] })
  })
})
