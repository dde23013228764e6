import { type Dialect, type SchemaModel, type TableRef, tableKey } from '@org/migrate-core/dialect'
import { type Document, print } from '../../render/document.ts'
import { commentLine } from '../../render/source-text.ts'
import type { Declarations } from '../declarations.ts'
import type { UndeclaredObject } from '../undeclared.ts'
import { drizzleSchema } from './declarable.ts'
import { enumCode, schemaCode, sequenceCode, viewCode } from './objects.ts'
import { tableCode } from './table.ts'
import { vocabularyOf } from './vocabulary.ts'
import { writingFor } from './writing.ts'

const heading =
  '// Written by `migrate pull --as drizzle`. From here on, edit it: `migrate revision --autogenerate` writes the revisions.'

/** A type of one dialect in place of the one that is meant for all. */
function withNativeTypes(dialect: Dialect, { tables, ...rest }: SchemaModel): SchemaModel {
  const columnsOf = [...tables].map(([key, table]) => {
    const columns = table.columns.map(({ native, ...column }) => {
      const text = (native as { readonly [dialect: string]: string | undefined } | undefined)?.[dialect.name]
      return text === undefined ? column : { ...column, type: dialect.types.fromSql(text) }
    })
    return [key, { ...table, columns }] as const
  })
  return { ...rest, tables: new Map(columnsOf) }
}

function objectOf({ schema, table, name }: UndeclaredObject): TableRef {
  const own = table ?? name
  return schema === undefined ? { name: own } : { schema, name: own }
}

/** What is not declared of an object, a line each. */
const notes = (undeclared: readonly UndeclaredObject[]): readonly string[] =>
  undeclared.map(({ kind, schema, table, name, why }) => {
    const own = table === undefined && schema !== undefined ? `${schema}.${name}` : name
    return commentLine(`${kind === 'materializedView' ? 'materialised view' : kind} ${own}: ${why}`)
  })

/** The schema as declarations with Drizzle. `all`: with the objects that are not to be declared. */
export function renderDrizzle(
  dialect: Dialect,
  schema: SchemaModel,
  all: SchemaModel,
  lineWidth?: number,
): Declarations {
  const vocabulary = vocabularyOf(dialect)
  const written = (model: SchemaModel) => withNativeTypes(dialect, dialect.model.asWritten?.(model) ?? model)
  const parts = drizzleSchema(written(schema), written(all), vocabulary)
  const tables = [...parts.targets, ...parts.tables]
  const writing = writingFor(
    {
      dialect,
      vocabulary,
      schema: { ...schema, tables: new Map(tables.map((table) => [tableKey(table.ref), table])) },
    },
    {
      ...parts,
      tables: [...parts.tables, ...parts.targets],
      enums: parts.enums.map(({ ref }) => ref),
      sequences: parts.sequences.map(({ ref }) => ref),
      views: parts.views.map(({ ref }) => ref),
    },
  )
  const tableCodes = tables.map((table, at) => {
    const isExported = at >= parts.targets.length
    return { ref: table.ref, ...tableCode(table, new Set(tables.slice(at + 1)), isExported, writing) }
  })
  const viewCodes = parts.views.map((view) => ({ ref: view.ref, ...viewCode(view, writing) }))
  const undeclared = [
    ...tableCodes.flatMap((code) => code.undeclared),
    ...parts.undeclared,
    ...viewCodes.map((code) => code.undeclared),
  ]
  const commented = new Set<UndeclaredObject>()
  const withNotes = (ref: TableRef, document: Document): string => {
    const own = undeclared.filter((one) => tableKey(objectOf(one)) === tableKey(ref))
    for (const one of own) commented.add(one)
    return [...notes(own), print(document, lineWidth)].join('\n')
  }
  const statements = [
    ...parts.schemas.map((name) => print(schemaCode(name, writing), lineWidth)),
    ...parts.enums.map((one) => print(enumCode(one, writing), lineWidth)),
    ...parts.sequences.map((one) => withNotes(one.ref, sequenceCode(one, writing))),
    ...[...tableCodes, ...viewCodes].map(({ ref, document }) => withNotes(ref, document)),
  ]
  const remaining = notes(undeclared.filter((one) => !commented.has(one)))
  const [imports = '', ...types] = writing.head().map((document) => print(document, lineWidth))
  const head = statements.length === 0 ? 'export {}' : imports
  const texts = [
    `${heading}\n${head}`,
    ...(types.length === 0 ? [] : [types.join('\n')]),
    ...statements,
    ...(remaining.length === 0 ? [] : [remaining.join('\n')]),
  ]
  return {
    text: `${texts.join('\n\n')}\n`,
    tables: parts.tables.map(({ ref }) => ({ table: ref, name: writing.nameOf('table', ref) })),
    undeclared,
  }
}
