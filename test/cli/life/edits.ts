import type { Random } from '../../kit/random.ts'

interface Column {
  readonly type: string
  readonly nullable: boolean
  readonly fallback?: string
  readonly indexed?: true
}
type Table = ReadonlyMap<string, Column>

/** What the schema file of a project declares. */
export type Declared = ReadonlyMap<string, Table>

const types = ['varchar(40)', 'varchar(90)', 'text()', 'integer()', 'bigint()', 'boolean()', 'timestamp()']

function tableText([name, columns]: readonly [string, Table]): string {
  const lines = [...columns].map(([column, { type, nullable, fallback }]) => {
    const more = fallback === undefined ? '' : `, default: '${fallback}'`
    return `  ${column}: column(${type}, { nullable: ${nullable}${more} }),`
  })
  const indexes = [...columns].flatMap(([column, { indexed }]) =>
    indexed ? [`{ name: '${name}_${column}', columns: ['${column}'] }`] : [],
  )
  return `export const ${name} = table('${name}', {
  id: column(integer(), { nullable: false }),
${lines.join('\n')}
}, { primaryKey: ['id'], indexes: [${indexes.join(', ')}] })`
}

/** The text of the schema file. */
export const schemaText = (declared: Declared): string =>
  `import { bigint, boolean, column, integer, table, text, timestamp, varchar } from '@org/migrate-core'
${[...declared].map(tableText).join('\n')}
`

/** One change of the schema file, and the flags with which a command is told what it cannot know. */
interface Edit {
  readonly what: string
  readonly after: Declared
  readonly flags: readonly string[]
}

const isDropped = ['--allow-destructive', '--no-renames']

function withTable(declared: Declared, from: Random, next: () => number): Edit {
  const name = `t${next()}`
  const columns: Table = new Map([
    [`c${next()}`, { type: 'varchar(40)', nullable: true }],
    [`c${next()}`, { type: from.pick(types), nullable: true }],
  ])
  return { what: `table ${name}`, after: new Map([...declared, [name, columns]]), flags: [] }
}

export function drawEdit(declared: Declared, from: Random, next: () => number): Edit {
  if (declared.size < 2) return withTable(declared, from, next)
  const [name, columns] = from.pick([...declared])
  const edit = (what: string, table: Table, flags: readonly string[] = []): Edit => ({
    what: `${name}: ${what}`,
    after: new Map([...declared].map(([each, own]) => [each, each === name ? table : own])),
    flags,
  })
  const added = (): Edit => {
    const column = `c${next()}`
    const fallback = from.chance(0.5) ? { fallback: 'x' } : {}
    const facts = from.chance(0.3)
      ? { type: 'varchar(40)', nullable: false, ...fallback }
      : { type: from.pick(types), nullable: true }
    return edit(`column ${column}`, new Map([...columns, [column, facts]]))
  }
  if (columns.size === 0) return added()
  const [column, { fallback: _, ...facts }] = from.pick([...columns])
  const without = [...columns].filter(([each]) => each !== column)
  const changed = (what: string, by: Column, flags: readonly string[] = []): Edit =>
    edit(`${column} ${what}`, new Map([...columns, [column, by]]), flags)
  const renamed = (): Edit => {
    const to = `c${next()}`
    return edit(`${column} is ${to}`, new Map([...without, [to, facts]]), ['--rename', `${name}.${column}:${to}`])
  }
  const moved = (): Edit => {
    const to = `t${next()}`
    const after = new Map([...declared].map(([each, own]) => [each === name ? to : each, own]))
    return { what: `${name} is ${to}`, after, flags: ['--rename', `${name}:${to}`] }
  }
  const retyped = (): Edit => {
    const { indexed: __, ...plain } = facts
    const type = from.pick(types)
    return changed(`is ${type}`, { ...plain, type }, from.chance(0.5) ? ['--allow-destructive'] : [])
  }
  return from.weighted<() => Edit>([
    [2, () => withTable(declared, from, next)],
    [4, added],
    [2, renamed],
    [1, moved],
    [2, () => edit(`without ${column}`, new Map(without), isDropped)],
    [
      1,
      () => ({
        what: `without ${name}`,
        after: new Map([...declared].filter(([each]) => each !== name)),
        flags: isDropped,
      }),
    ],
    [2, retyped],
    [1, () => changed('indexed', facts.type === 'text()' ? facts : { ...facts, indexed: true })],
    [1, () => changed('nullable', { ...facts, nullable: true })],
    [1, () => changed('required', { ...facts, nullable: !facts.type.startsWith('varchar') && facts.nullable })],
  ])()
}
