import type { ConstraintContext } from './generate-constraints.ts'
import { isPlain, quoted } from './names.ts'
import type { ColumnSpec, IndexSpec, TableSpec } from './spec.ts'
import type { Writer } from './write.ts'

export interface Dependants {
  /** Statements that must come after the rows. */
  readonly statements: string[]
  readonly indexes: IndexSpec[]
}

function indexes(context: ConstraintContext, writer: Writer, table: TableSpec, statements: string[]): IndexSpec[] {
  const { random, names, features } = context
  const indexSpecs: IndexSpec[] = []
  const count = random.weighted([
    [3, 0],
    [4, 1],
    [3, 2],
    [2, 3],
  ])
  for (let at = 0; at < count; at++) {
    const name = names.nextName()
    const parts = random.sample(table.columns, random.int(1, 3))
    const unique = random.chance(0.3) && parts.some((one) => one.distinct)
    if (unique) features.add('UNIQUE index')
    const used = [...parts]
    const elements = parts.flatMap((part, position) => {
      part.uses.add(unique ? 'uniqueIndex' : 'index')
      const element = [names.written(part.name)]
      if (!unique && random.chance(0.2)) {
        features.add('expression index')
        element[0] = random.pick([
          `lower(${element[0]})`,
          `(${element[0]} || ')')`,
          `coalesce(${element[0]}, 'none, at all')`,
          `substr(${element[0]}, 1, 2)`,
        ])
      }
      if (random.chance(0.25)) {
        element.push('COLLATE', unique ? 'BINARY' : random.pick(['NOCASE', 'RTRIM', 'BINARY']))
        features.add('index with COLLATE')
      }
      if (random.chance(0.3)) {
        element.push(random.pick(['DESC', 'DESC', 'ASC', 'desc']))
        features.add('index with DESC')
      }
      return position === 0 ? element : [',', ...element]
    })
    const where: string[] = []
    if (random.chance(0.3)) {
      const column = random.pick(table.columns)
      column.uses.add('index')
      used.push(column)
      features.add('partial index')
      const mention = names.written(column.name)
      where.push(
        'WHERE',
        random.pick([`${mention} IS NOT NULL`, `${mention} > 5`, `${mention} <> ') /*'`, `NOT (${mention} = 'x')`]),
      )
    }
    const create = unique
      ? 'CREATE UNIQUE INDEX'
      : random.pick(['CREATE INDEX', 'create index', 'CREATE INDEX IF NOT EXISTS'])
    const tokens = [
      names.declared(name),
      random.pick(['ON', 'on']),
      names.written(table.name),
      '(',
      ...elements,
      ')',
      ...where,
    ]
    statements.push(`${create} ${writer.join(tokens)}`)
    indexSpecs.push({ name, columns: used.map((one) => one.name) })
  }
  return indexSpecs
}

function triggers(
  context: ConstraintContext,
  writer: Writer,
  table: TableSpec,
  otherTables: readonly string[],
  log: string,
  statements: string[],
): void {
  const { random, names, features } = context
  const put = (tokens: string[]) =>
    statements.push(`${random.pick(['CREATE TRIGGER', 'create trigger if not exists'])} ${writer.join(tokens)}`)
  if (random.chance(0.45)) {
    features.add('trigger')
    for (let at = random.int(1, 2); at > 0; at--) {
      const event = random.pick(['INSERT', 'UPDATE', 'DELETE', 'UPDATE OF'])
      const column = random.pick(table.columns)
      column.uses.add('trigger')
      const mention = names.written(column.name)
      const of = event === 'UPDATE OF' ? ['UPDATE', 'OF', mention] : [event]
      const row = event === 'DELETE' ? 'OLD' : 'new'
      const name = names.nextName()
      put([
        names.declared(name),
        random.pick(['BEFORE', 'AFTER', 'after']),
        ...of,
        'ON',
        names.written(table.name),
        ...random.pick([[], ['FOR', 'EACH', 'ROW']]),
        ...(random.chance(0.3) ? ['WHEN', `${row}.${mention} IS NOT 'no; END'`] : []),
        'BEGIN',
        random.chance(0.3)
          ? `INSERT INTO ${quoted(log)} SELECT 'all; of it', count(*) FROM ${names.written(table.name)};`
          : `INSERT INTO ${quoted(log)} VALUES ('fired ${at}', ${row}.${mention});`,
        'END',
      ])
    }
  }
  if (otherTables.length > 0 && random.chance(0.3)) {
    features.add('trigger of another table that mentions it')
    const column = random.pick(table.columns)
    column.uses.add('trigger')
    const mention = names.written(column.name)
    put(
      [
        names.declared(names.nextName()),
        'AFTER',
        'DELETE',
        'ON',
        names.written(random.pick(otherTables)),
        'BEGIN',
        `UPDATE ${names.written(table.name)} SET ${writable(table, column) ? `${mention} = ${mention}` : 'no_such = 1'} WHERE ${mention} IS NOT 'no such';`,
        `INSERT INTO ${quoted(log)} SELECT 'child', ${mention} FROM ${names.written(table.name)};`,
        'END',
      ].map((token) => (token.includes('no_such') ? `DELETE FROM ${names.written(table.name)} WHERE 0;` : token)),
    )
  }
}

const writable = (_table: TableSpec, column: ColumnSpec): boolean =>
  column.generated === undefined && !column.rowidAlias

function views(context: ConstraintContext, writer: Writer, table: TableSpec, log: string, statements: string[]): void {
  const { random, names, features } = context
  if (!random.chance(0.35)) return
  features.add('view')
  const name = names.nextName()
  if (random.chance(0.3)) {
    statements.push(
      `CREATE VIEW ${writer.join([names.declared(name), 'AS', 'SELECT', '*', 'FROM', names.written(table.name)])}`,
    )
  } else {
    const parts = random.sample(table.columns, 2)
    for (const part of parts) part.uses.add('view')
    const list = parts.flatMap((part, at) => [
      ...(at === 0 ? [] : [',']),
      `t.${names.written(part.name)}`,
      ...(random.chance(0.3) ? ['AS', `a${at}`] : []),
    ])
    const columns = random.chance(0.3)
      ? ['(', ...parts.flatMap((_, at) => (at === 0 ? ['v0'] : [',', `v${at}`])), ')']
      : []
    statements.push(
      `create view ${writer.join([names.declared(name), ...columns, 'AS', 'SELECT', ...list, 'FROM', names.written(table.name), 'AS', 't'])}`,
    )
    if (random.chance(0.3)) {
      features.add('INSTEAD OF trigger')
      const trigger = names.declared(names.nextName())
      statements.push(
        `CREATE TRIGGER ${writer.join([trigger, 'INSTEAD', 'OF', 'DELETE', 'ON', names.written(name), 'BEGIN', `INSERT INTO ${quoted(log)} VALUES ('view', 1);`, 'END'])}`,
      )
    }
  }
  if (random.chance(0.25)) {
    features.add('view on a view')
    statements.push(
      `CREATE VIEW ${writer.join([names.declared(names.nextName()), 'AS', 'SELECT', 'count(*)', 'AS', 'n', 'FROM', names.written(name)])}`,
    )
  }
}

/** FTS5 with external content: finds its rows in the table by rowid, so a rebuild that renumbers them ruins it. */
function fullText(context: ConstraintContext, table: TableSpec, statements: string[]): void {
  const { names, features } = context
  const column = table.columns.find((one) => one.uses.has('fts'))
  if (column === undefined) return
  features.add('FTS5 with external content')
  const name = names.nextName('plain')
  const id = table.columns.find((one) => one.rowidAlias)
  const key = id === undefined || !isPlain(id.name) ? '' : `, content_rowid='${id.name}'`
  if (id !== undefined) id.uses.add('fts')
  statements.push(`CREATE VIRTUAL TABLE ${name} USING fts5(${column.name}, content='${table.name}'${key})`)
  statements.push(`INSERT INTO ${name}(${name}) VALUES ('rebuild')`)
  const rowRemoved = (row: string): string =>
    `INSERT INTO ${name}(${name}, rowid, ${column.name}) VALUES ('delete', ${row}.rowid, ${row}.${column.name});`
  const come = `INSERT INTO ${name}(rowid, ${column.name}) VALUES (new.rowid, new.${column.name});`
  const on = quoted(table.name)
  statements.push(`CREATE TRIGGER ${names.nextName('plain')} AFTER INSERT ON ${on} BEGIN ${come} END`)
  statements.push(`CREATE TRIGGER ${names.nextName('plain')} AFTER DELETE ON ${on} BEGIN ${rowRemoved('old')} END`)
  statements.push(
    `CREATE TRIGGER ${names.nextName('plain')} AFTER UPDATE ON ${on} BEGIN ${rowRemoved('old')} ${come} END`,
  )
}

function rtree(context: ConstraintContext, table: TableSpec, statements: string[]): void {
  const { names, features, random } = context
  if (!random.chance(0.1) || table.rowid === undefined) return
  features.add('R-tree beside it')
  const name = names.nextName('plain')
  statements.push(`CREATE VIRTUAL TABLE ${name} USING rtree(id, low, high)`)
  statements.push(`INSERT INTO ${name} SELECT ${table.rowid}, 0, 1 FROM ${quoted(table.name)}`)
  statements.push(
    `CREATE TRIGGER ${names.nextName('plain')} AFTER DELETE ON ${quoted(table.name)} BEGIN DELETE FROM ${name} WHERE id = old.${table.rowid}; END`,
  )
}

export function generateDependants(
  context: ConstraintContext,
  writer: Writer,
  table: TableSpec,
  otherTables: readonly string[],
  log: string,
): Dependants {
  const statements: string[] = []
  const indexSpecs = indexes(context, writer, table, statements)
  triggers(context, writer, table, otherTables, log, statements)
  fullText(context, table, statements)
  rtree(context, table, statements)
  views(context, writer, table, log, statements)
  return { statements, indexes: indexSpecs }
}
