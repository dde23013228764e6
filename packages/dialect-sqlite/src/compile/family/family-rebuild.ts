import {
  findTable,
  join,
  type SchemaModel,
  type SqlFragment,
  type Statement,
  sql,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { quote } from '../../sql/quote.ts'
import { foldName, sameName } from '../../sql/tokenize.ts'
import { ColumnMap, type CopiedColumn } from '../column-map.ts'
import { dropIndex } from '../indexes.ts'
import { freeName, type Rebuild, type RebuildParts, rebuildParts, withLegacyNames } from '../rebuild.ts'
import { statement, tableOf } from '../statements.ts'
import { familyOf, foreignKeysOf, type Member } from './members.ts'
import { beforeDrop, createIndexOn, type FreeName, indexesForReferences } from './self-references.ts'

/** Changes of tables that one rebuild of their family makes. */
interface FamilyRebuild {
  readonly before: SchemaModel
  readonly after: SchemaModel
  readonly changes: readonly { readonly table: TableRef; readonly copied: readonly CopiedColumn[] }[]
}

interface MemberRebuild extends RebuildParts {
  readonly member: Member
  readonly into: TableRef
  readonly old: TableModel
  readonly new: TableModel
}

/** Until the transaction ends foreign keys are checked at its end, and RESTRICT is NO ACTION. It ends with the transaction. */
const deferForeignKeys = (tables: readonly TableRef[]): Statement => statement('PRAGMA defer_foreign_keys = ON', tables)

/** Rows that point nowhere, of one table. */
function pointingNowhere(table: TableRef, remedy: string): Statement {
  return statement(
    sql`SELECT "rowid", "parent" FROM pragma_foreign_key_check(${quote.literal(table.name)}) LIMIT 5`,
    [table],
    { expectEmpty: `rows of ${table.name} that refer to a row that does not exist`, remedy },
  )
}

/**
 * The schema that this is compiled against need not hold every table, so SQLite itself is asked who else refers to these. D1 has tables of
 * its own that can't be read.
 */
export function otherReferrers(tables: readonly TableRef[], remedy: string): Statement {
  const names: SqlFragment = join(tables.map(({ name }) => quote.literal(foldName(name))))
  return statement(
    sql`SELECT m.name FROM (SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT GLOB '_cf_*') AS m, pragma_foreign_key_list(m.name) AS f WHERE lower(f."table") IN (${names}) AND lower(m.name) NOT IN (${names}) LIMIT 5`,
    tables,
    { expectEmpty: `tables with foreign keys to ${tables.map(({ name }) => name).join(', ')}`, remedy },
  )
}

/** Foreign keys of the family may refer to columns that only an index makes unique: the new table has none until it has its name. */
function indexesForKeys(table: TableModel, family: readonly TableModel[], into: TableRef, free: FreeName): Statement[] {
  const isOf = (columns: readonly string[], key: readonly string[]): boolean =>
    columns.length === key.length && columns.every((name) => key.some((each) => sameName(each, name)))
  const declared = table.constraints.flatMap((one) =>
    one.kind === 'primaryKey' || one.kind === 'unique' ? [one.columns] : [],
  )
  const keys = family.flatMap((child) =>
    foreignKeysOf(child).flatMap(({ references }) =>
      sameName(references.table.name, table.ref.name) && !declared.some((columns) => isOf(columns, references.columns))
        ? [references.columns]
        : [],
    ),
  )
  const unique = table.indexes.filter(({ unique, where, elements }) => {
    const columns = elements.flatMap(({ column }) => column ?? [])
    const isPlain = unique && where === undefined && columns.length === elements.length
    return isPlain && keys.some((key) => isOf(columns, key))
  })
  return unique.map(({ elements }) =>
    createIndexOn(
      into,
      free(`${table.ref.name}_key`),
      elements.flatMap(({ column }) => column ?? []),
      true,
    ),
  )
}

/** The foreign keys of a table are other ones than before, or compare otherwise. */
function mayViolate({ member, new: table }: MemberRebuild, members: readonly MemberRebuild[]): boolean {
  const isChanged = (name: string): boolean =>
    members.some((each) => each.member.follows.length === 0 && sameName(each.member.ref.name, name))
  const keys = foreignKeysOf(table)
  return keys.length > 0 && (isChanged(member.ref.name) || keys.some((key) => isChanged(key.references.table.name)))
}

/**
 * Rebuilds tables and every table that refers to them, where foreign keys are on: DROP TABLE deletes the rows first, and ON DELETE CASCADE
 * would take the children along. So the new tables refer to each other by the names that they have until the end, no row refers to an
 * old one but from an old one, and the old ones go from the last child to the first parent. RENAME then writes the names into the
 * foreign keys. Nothing that is read in between decides anything.
 */
export function familyRebuild({ before, after, changes }: FamilyRebuild): readonly Statement[] {
  const refs = changes.map(({ table }) => table)
  const family = familyOf(before, after, refs)
  const tables = family.map(({ ref }) => ref)
  const taken: string[] = []
  const free: FreeName = (base) => {
    const name = freeName(before, { name: base }, taken)
    taken.push(name)
    return name
  }
  const names = new Map(tables.map(({ name }) => [foldName(name), free(name)]))
  const members = family.map((member): MemberRebuild => {
    const { ref: table, follows } = member
    const into: TableRef = { name: names.get(foldName(table.name)) ?? '' }
    const [old, renewed] = [tableOf(before, table), tableOf(after, table)]
    const copied =
      changes.find((each) => sameName(each.table.name, table.name))?.copied ?? new ColumnMap(old).copied(renewed)
    const why = follows.length === 0 ? '' : `, which refers to ${follows.join(' and ')}`
    const parts = rebuildParts({ before, after, table, copied }, { into, parents: names, why })
    return { ...parts, member, into, old, new: renewed }
  })
  const removals: Statement[] = []
  const removedLater = (statements: readonly Statement[], on: TableRef, from: number): readonly Statement[] => {
    removals.push(...taken.slice(from).map((name) => dropIndex(on, name)))
    return statements
  }
  const newTables = members.map((each) => each.new)
  const filled = members.flatMap((each) => {
    let from = taken.length
    const first = removedLater(indexesForReferences(each.new, each.into, free), each.into, from)
    from = taken.length
    const keys = removedLater(indexesForKeys(each.new, newTables, each.into, free), each.into, from)
    return [each.create, ...first, ...keys, each.copy, each.count, ...each.sequence]
  })
  return [
    otherReferrers(tables, 'Drop those foreign keys in a revision before, or drop the tables that have them.'),
    ...members.flatMap(({ old, member }) =>
      foreignKeysOf(old).length === 0
        ? []
        : [pointingNowhere(member.ref, 'Delete these rows or correct them, and run the command again.')],
    ),
    ...members.flatMap(({ checks }) => checks),
    deferForeignKeys(tables),
    ...filled,
    ...removals,
    ...[...members].reverse().flatMap(({ old, drop }) => [...beforeDrop(before, old, free), drop]),
    ...withLegacyNames(members.map(({ rename }) => rename)),
    ...members.flatMap(({ indexes }) => indexes),
    ...members.flatMap((each) =>
      mayViolate(each, members)
        ? [
            pointingNowhere(
              each.member.ref,
              'Change both sides of the foreign key one after the other in the revision, or correct the rows before.',
            ),
          ]
        : [],
    ),
    ...members.flatMap(({ triggers }) => triggers),
  ]
}

export const rebuildWithFamily = ({ before, after, table, copied }: Rebuild): readonly Statement[] =>
  familyRebuild({ before, after, changes: [{ table, copied }] })

/** DROP TABLE where foreign keys are on: no table refers to it by now but itself. */
export function dropsTable(before: SchemaModel, ref: TableRef, drop: Statement): readonly Statement[] {
  const table = findTable(before, ref)
  const taken: string[] = []
  const free: FreeName = (base) => {
    taken.push(freeName(before, { name: base }, taken))
    return taken.at(-1) ?? base
  }
  const first = table === undefined ? [] : beforeDrop(before, table, free)
  return first.length === 0 ? [drop] : [deferForeignKeys([ref]), ...first, drop]
}
