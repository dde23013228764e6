import type { Dialect, SchemaModel, TableModel, TableRef } from '@org/migrate-core/dialect'
import { tableKey } from '@org/migrate-core/dialect'
import { type Code, call, object, verbatimCode } from '../../render/code.ts'
import { type Document, group, ifBroken, indent, joined, line, list, softLine } from '../../render/document.ts'
import { camelCase } from '../../render/names.ts'
import { stringLiteral, templateText } from '../../render/source-text.ts'
import { namesOf, nameTaker, type TakeName } from '../export-names.ts'
import type { CustomType } from './types/type-call.ts'
import type { DrizzleVocabulary } from './vocabulary.ts'

/** What a file of declarations with Drizzle gathers while it is written. */
export interface DrizzleWriting {
  readonly dialect: Dialect
  readonly vocabulary: DrizzleVocabulary
  readonly schema: SchemaModel
  /** Imports a name of the dialect's module, and gives it. */
  uses(name: string): string
  /** SQL as a template: `sql`now()``. */
  sql(text: string): Code
  /** The function of a type that is written with `customType`. */
  custom(type: CustomType): string
  /** What a schema, an enum, a sequence, a table or a view is exported as. */
  nameOf(kind: 'schema' | 'enum' | 'sequence' | 'table' | 'view', ref: TableRef): string
  /** The keys of a table's columns. */
  keysOf(table: TableModel): ReadonlyMap<string, string>
  /** The imports, then the types that were written with `customType`. */
  head(): readonly Document[]
}

/** What the file may import, and what its callbacks call their parameter: nothing may be exported under these names. */
const importable =
  'bigint bigserial binary bit blob boolean char check cidr customType date datetime decimal double doublePrecision float foreignKey ' +
  'geometry halfvec index inet int integer interval json jsonb line macaddr macaddr8 mediumint mediumtext longtext mysqlEnum mysqlTable ' +
  'mysqlView numeric pgEnum pgMaterializedView pgPolicy pgSchema pgSequence pgTable pgView point primaryKey real serial smallint ' +
  'smallserial sparsevec sql sqliteTable sqliteView t text time timestamp tinyint tinytext unique uniqueIndex uuid varbinary varchar ' +
  'vector year'

// Members of Drizzle's tables that are no columns.
const memberNames = 'enableRLS getSQL shouldOmitSQLParens _ $inferSelect $inferInsert'.split(' ')

/** The keys of columns, in camel case; a second column of that key has a number behind it. */
function columnKeys({ columns }: TableModel): ReadonlyMap<string, string> {
  const taken = new Set(memberNames)
  return new Map(
    columns.map(({ name }) => {
      const short = camelCase(name)
      const preferred = short === '' ? 'unnamed' : /^\p{N}/u.test(short) ? `column${short}` : short
      let key = preferred
      for (let count = 2; taken.has(key); count += 1) key = `${preferred}${count}`
      taken.add(key)
      return [name, key]
    }),
  )
}

const codecs: {
  readonly [C in NonNullable<CustomType['codec']>]: { readonly driver: string; readonly members: readonly string[] }
} = {
  boolean: {
    driver: 'number',
    members: ['fromDriver: (value) => value !== 0', 'toDriver: (value) => (value ? 1 : 0)'],
  },
  json: {
    driver: 'string',
    members: [
      'fromDriver: (value) => JSON.parse(String(value)) as unknown',
      'toDriver: (value) => JSON.stringify(value)',
    ],
  },
}

function customType(name: string, { text, data, codec }: CustomType, customType: string): Document {
  const own = codec && codecs[codec]
  const types = [`data: ${data}`, ...(own === undefined ? [] : [`driverData: ${own.driver}`])].join('; ')
  const members = [`dataType: () => ${stringLiteral(text)}`, ...(own?.members ?? [])]
  return list(
    `const ${name} = ${customType}<{ ${types} }>(`,
    group('{', indent(line, joined(members, list(',', line))), ifBroken(','), line, '})'),
  )
}

function importOf(names: ReadonlySet<string>, types: ReadonlySet<string>, module: string): Document {
  const sorted = [...names].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
  const marked = sorted.map((name) => (types.has(name) ? `type ${name}` : name))
  return group('import {', indent(line, joined(marked, list(',', line))), ifBroken(','), line, `} from '${module}'`)
}

/** A call of a method for each part, below each other where they don't fit on one line. */
export const chain = (first: Code, methods: readonly Code[]): Code =>
  methods.length === 0
    ? first
    : {
        ...verbatimCode(''),
        document: group(first.document, indent(...methods.map(({ document }) => list(softLine, '.', document)))),
      }

/** A call with an object as its last argument, unless nothing is in it. */
export function callWith(
  callee: string,
  given: readonly Code[],
  options: { readonly [name: string]: Code | undefined },
): Code {
  const last = object(options)
  return call(callee, last.size === 0 ? given : [...given, last])
}

interface Objects {
  readonly schemas: readonly string[]
  readonly enums: readonly TableRef[]
  readonly sequences: readonly TableRef[]
  readonly tables: readonly TableModel[]
  readonly views: readonly TableRef[]
}

/** Tables have the first choice of the names. */
function exportedNames({ schemas, enums, sequences, tables, views }: Objects, take: TakeName) {
  return {
    table: namesOf(
      tables.map(({ ref }) => ref),
      'table',
      take,
    ),
    view: namesOf(views, 'view', take),
    enum: namesOf(enums, 'enum', take),
    sequence: namesOf(sequences, 'sequence', take),
    schema: namesOf(
      schemas.map((name) => ({ name })),
      'schema',
      take,
    ),
  }
}

export function writingFor(
  { dialect, vocabulary, schema }: Pick<DrizzleWriting, 'dialect' | 'vocabulary' | 'schema'>,
  objects: Objects,
): DrizzleWriting {
  const take = nameTaker(importable.split(' '))
  const names = exportedNames(objects, take)
  const imports = new Set<string>()
  const customTypes = new Map<string, { readonly name: string; readonly document: Document }>()
  const keys = new Map<TableModel, ReadonlyMap<string, string>>()
  let usesSql = false
  const uses = (name: string): string => {
    imports.add(name)
    return name
  }
  return {
    dialect,
    vocabulary,
    schema,
    uses,
    sql(text) {
      usesSql = true
      return { ...verbatimCode(`sql\`${templateText(text)}\``), shape: 'template' }
    },
    custom(type) {
      const known = customTypes.get(type.text)
      if (known !== undefined) return known.name
      const [short = ''] = type.text.toLowerCase().split(' character set ')
      const name = take({ name: short === '' ? 'untyped' : short }, 'type')
      customTypes.set(type.text, { name, document: customType(name, type, uses('customType')) })
      return name
    },
    nameOf: (kind, ref) => names[kind].get(tableKey(ref)) ?? '',
    keysOf(table) {
      const own = keys.get(table) ?? columnKeys(table)
      keys.set(table, own)
      return own
    },
    head: () => [
      joined(
        [
          ...(usesSql ? ["import { sql } from 'drizzle-orm'"] : []),
          ...(imports.size === 0 ? [] : [importOf(imports, new Set([vocabulary.part]), vocabulary.module)]),
        ],
        { kind: 'line', flat: '', breaks: true },
      ),
      ...[...customTypes.values()].map(({ document }) => document),
    ],
  }
}

/** The function for an object of a schema: `pgTable`, or `audit.table`. */
export function functionOf(writing: DrizzleWriting, ref: TableRef, word: string, ofSchema: string): string {
  return ref.schema === undefined ? writing.uses(word) : `${writing.nameOf('schema', { name: ref.schema })}.${ofSchema}`
}
