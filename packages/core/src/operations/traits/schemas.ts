import { present, refText } from '../../model/edit.ts'
import type { SchemaModel, TableRef, Undeclared } from '../../model/schema-model.ts'
import type { OperationTable } from '../operation.ts'
import { part } from './footprints.ts'
import { awaited, checkName, dependent, exists, irreversible, lastingOf, missing } from './objects.ts'

/** Partitions go with their table, which may be gone already; the server refuses for one whose table is in another schema. */
function contents(model: SchemaModel, schema: string): readonly string[] {
  const inside = (what: string, values: Iterable<{ readonly ref: TableRef }>): readonly string[] =>
    [...values].flatMap(({ ref }) => (ref.schema === schema ? [`${what} ${refText(ref)}`] : []))
  return [
    ...inside(
      'table',
      [...model.tables.values()].filter(({ opaque }) => opaque !== 'partition'),
    ),
    ...inside('view', model.views.values()),
    ...inside('enum', model.enums.values()),
    ...inside('sequence', model.sequences.values()),
    ...[...(model.extensionSchemas ?? [])].flatMap(([extension, of]) =>
      of === schema ? [`extension ${extension}`] : [],
    ),
  ]
}

/** The model with what a schema has beside it; undefined: nothing, or the schema is not there. */
function withFactsOf(model: SchemaModel, schema: string, extras: Undeclared['extras']): SchemaModel {
  const { schemaFacts: current, ...rest } = model
  if (extras === undefined && !current?.has(schema)) return model
  const changed = new Map(current)
  if (extras === undefined) changed.delete(schema)
  else changed.set(schema, { extras })
  return { ...rest, schemaFacts: changed }
}

/** The model with where an extension is; undefined: in the schema of the connection, or nowhere. */
function withExtensionIn(model: SchemaModel, extension: string, schema: string | undefined): SchemaModel {
  const { extensionSchemas: current, ...rest } = model
  if (schema === undefined && !current?.has(extension)) return model
  const changed = new Map(current)
  if (schema === undefined) changed.delete(extension)
  else changed.set(extension, schema)
  return changed.size === 0 ? rest : { ...rest, extensionSchemas: changed }
}

export const schemaTraits: Pick<OperationTable, 'createSchema' | 'dropSchema' | 'createExtension' | 'dropExtension'> = {
  createSchema: {
    apply(before, { schema, ifNotExists, extras }) {
      if (before.schemas.includes(schema)) {
        if (ifNotExists) return before
        throw exists(`schema ${schema}`)
      }
      checkName(schema, 'schema')
      return withFactsOf({ ...before, schemas: [...before.schemas, schema] }, schema, extras)
    },
    invert(before, { schema, ifNotExists }) {
      if (ifNotExists && before.schemas.includes(schema)) return []
      return awaited(`schema ${schema}`, contents(before, schema)) ?? [{ kind: 'dropSchema', schema }]
    },
    touches: ({ schema }) => [`schema:${part(schema)}`],
    describe: ({ schema }) => `create schema ${schema}`,
  },

  dropSchema: {
    apply(before, { schema, ifExists }) {
      if (!before.schemas.includes(schema)) {
        if (ifExists) return before
        throw missing(`schema ${schema}`)
      }
      const inside = contents(before, schema)
      if (inside.length > 0) throw dependent(`schema ${schema}`, inside)
      return withFactsOf({ ...before, schemas: before.schemas.filter((name) => name !== schema) }, schema, undefined)
    },
    invert(before, { schema, ifExists }) {
      if (before.schemas.includes(schema)) {
        const { extras, ...facts } = before.schemaFacts?.get(schema) ?? {}
        return lastingOf(`schema ${schema}`, [facts]) ?? [{ kind: 'createSchema', schema, ...present({ extras }) }]
      }
      return ifExists ? [] : irreversible(`the schema before has no schema ${schema}`)
    },
    touches: ({ schema }) => [`schema:${part(schema)}`],
    describe: ({ schema }) => `drop schema ${schema}`,
  },

  createExtension: {
    apply(before, { extension, schema, ifNotExists }) {
      if (before.extensions.includes(extension)) {
        if (ifNotExists) return before
        throw exists(`extension ${extension}`)
      }
      checkName(extension, 'extension')
      return withExtensionIn({ ...before, extensions: [...before.extensions, extension] }, extension, schema)
    },
    invert: (before, { extension, ifNotExists }) =>
      ifNotExists && before.extensions.includes(extension) ? [] : [{ kind: 'dropExtension', extension }],
    touches: ({ extension, schema }) => {
      const own = `extension:${part(extension)}`
      return schema === undefined ? [own] : [own, `schema:${part(schema)}/${own}`]
    },
    describe: ({ extension }) => `create extension ${extension}`,
  },

  dropExtension: {
    apply(before, { extension, ifExists }) {
      if (!before.extensions.includes(extension)) {
        if (ifExists) return before
        throw missing(`extension ${extension}`)
      }
      const extensions = before.extensions.filter((name) => name !== extension)
      return withExtensionIn({ ...before, extensions }, extension, undefined)
    },
    invert(before, { extension, ifExists }) {
      const schema = before.extensionSchemas?.get(extension)
      if (before.extensions.includes(extension)) return [{ kind: 'createExtension', extension, ...present({ schema }) }]
      return ifExists ? [] : irreversible(`the schema before has no extension ${extension}`)
    },
    touches: ({ extension }) => [`extension:${part(extension)}`],
    describe: ({ extension }) => `drop extension ${extension}`,
  },
}
