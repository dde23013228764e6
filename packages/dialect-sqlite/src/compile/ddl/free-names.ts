import {
  MigrateError,
  type NameRules,
  type OperationKind,
  type OperationOf,
  type SchemaModel,
  type TableModel,
} from '@org/migrate-core/dialect'
import { requireFreeName } from '../../ddl/free-name.ts'
import { foldName, sameName } from '../../sql/tokenize.ts'

interface NamedObject {
  readonly kind: 'table' | 'view' | 'index' | 'trigger'
  readonly name: string
  /** For people: `index i of t`. */
  readonly text: string
  /** The name that the object has before; it is no other object in its own place. */
  readonly from?: string
}

const indexesOf = ({ ref, indexes }: Pick<TableModel, 'ref' | 'indexes'>): readonly NamedObject[] =>
  indexes.map(({ name }) => ({ kind: 'index', name, text: `index ${name} of ${ref.name}` }))

const tableObject = (name: string, from?: string): NamedObject => ({
  kind: 'table',
  name,
  text: `table ${name}`,
  ...(from === undefined ? {} : { from }),
})

type Given = { readonly [K in OperationKind]?: (operation: OperationOf<K>) => readonly NamedObject[] }

const given: Given = {
  createTable: ({ table }) => [tableObject(table.ref.name), ...indexesOf(table)],
  renameTable: ({ table, to }) => [tableObject(to, table.name)],
  createView: ({ view: { ref } }) => [{ kind: 'view', name: ref.name, text: `view ${ref.name}` }],
  renameView: ({ view, to }) => [{ kind: 'view', name: to, text: `view ${to}`, from: view.name }],
  createIndex: ({ table, index }) => indexesOf({ ref: table, indexes: [index] }),
  renameIndex: ({ table, index, to }) => [
    { kind: 'index', name: to, text: `index ${to} of ${table.name}`, from: index },
  ],
  createTrigger: ({ trigger: { name, table } }) => [
    { kind: 'trigger', name, text: `trigger ${name} of ${table.name}` },
  ],
}

const relationsOf = (model: SchemaModel): readonly NamedObject[] => [
  ...[...model.tables.values()].flatMap((table) => [tableObject(table.ref.name), ...indexesOf(table)]),
  ...[...model.views.values()].map(({ ref: { name } }): NamedObject => ({ kind: 'view', name, text: `view ${name}` })),
]

const triggersOf = ({ triggers }: SchemaModel): readonly NamedObject[] =>
  [...triggers.values()].map(({ name, table }) => ({ kind: 'trigger', name, text: `trigger ${name} of ${table.name}` }))

const nameKey = ({ kind, name }: NamedObject): string => `${kind === 'trigger' ? 'trigger' : ''} ${foldName(name)}`

/** What has the name that an object is about to get, in any case. */
function holderOf(model: SchemaModel, { kind, name, from }: NamedObject): NamedObject | undefined {
  const all = kind === 'trigger' ? triggersOf(model) : relationsOf(model)
  return all.find((each) => sameName(each.name, name) && !(from === each.name && each.kind === kind))
}

/**
 * The names that SQLite would refuse in the run: tables, views and indexes have their names in one space, whatever their case, and triggers theirs
 * in another. https://www.sqlite.org/lang_createindex.html
 */
export const nameRules: NameRules = {
  namesIn: (model) => [...relationsOf(model), ...triggersOf(model)].map(nameKey),
  requireFree({ operation, before }, isUsed) {
    const names = (given[operation.kind] as Given['createTable'])?.(operation as OperationOf<'createTable'>) ?? []
    const own: NamedObject[] = []
    for (const object of names) {
      requireFreeName(object.name)
      const holder =
        own.find(({ name }) => sameName(name, object.name)) ??
        (isUsed(nameKey(object)) ? holderOf(before, object) : undefined)
      if (holder !== undefined) {
        const rule =
          object.kind === 'trigger'
            ? 'in a database of SQLite the names of triggers differ'
            : 'in a database of SQLite the names of tables, views and indexes differ'
        const why = `the ${holder.text} has this name, and ${rule} by more than their case`
        throw new MigrateError('INVALID_OPERATION', { operation: object.text, why }, `${object.text}: ${why}`)
      }
      own.push(object)
    }
    return names.map(nameKey)
  },
}
