import {
  type Dialect,
  isDialect,
  isFunction,
  isNumber,
  type OptionChecks,
  oneOf,
  requireOptions,
  type SchemaModel,
  type TableRef,
  tableKey,
  type UnmodelledFact,
} from '@org/migrate-core/dialect'
import { inOwnSchema, isSchemaModel, listOf, withMember } from '@org/migrate-core/internal'
import { filterChecks, filterOf, filterSchema, type SchemaFilter } from '../differences/filter.ts'
import type { UncomparedObject } from '../differences/uncompared.ts'
import { print } from '../render/document.ts'
import { type CoreName, importOf, ownImports, type RenderType } from '../render/imports.ts'
import { writingOf } from '../render/writing.ts'
import { declarableSchema } from './declarable-schema.ts'
import type { Declarations } from './declarations.ts'
import { renderDrizzle } from './drizzle/render-drizzle.ts'
import { exportNames } from './export-names.ts'
import { tableCode } from './table-code.ts'
import { type UndeclaredObject, undeclaredObject } from './undeclared.ts'
import { withoutUsualNames } from './usual-names.ts'

export type DeclarationKind = 'table' | 'drizzle'

/** Of a schema, what `include` and `exclude` mean. */
export interface DeclarationsInput extends SchemaFilter {
  /** That of the schema, as its server speaks it. */
  readonly dialect: Dialect
  readonly schema: SchemaModel
  /** What its objects have beyond it, as it was read. Default: nothing. */
  readonly unmodelled?: readonly UnmodelledFact[]
  /** What a comparison of it leaves out, as it was read: functions, partitions. Default: nothing. */
  readonly uncompared?: readonly UncomparedObject[]
  /** With `table(…)`, or with Drizzle's functions for the dialect (drizzle-orm 0.45 or 1.0). Default: `table`. */
  readonly as?: DeclarationKind
  /** Types that the project has words of its own for. What it gives has to be the same type again. Of `table(…)` only. */
  readonly renderType?: RenderType
  /** How long lines may be, wherever they can be broken. Default 100. */
  readonly lineWidth?: number
}

export const isDeclarationKind = oneOf('table', 'drizzle')

const checks: OptionChecks<DeclarationsInput> = {
  ...filterChecks,
  dialect: isDialect,
  schema: isSchemaModel,
  unmodelled: listOf(withMember('a fact', 'fact')),
  uncompared: listOf(withMember('an object that is not compared', 'what')),
  as: isDeclarationKind,
  renderType: isFunction,
  lineWidth: isNumber,
}

/** Tables of another kind are never compared, and yet to be named. */
function filtered(schema: SchemaModel, filter: SchemaFilter, ownSchema: string | undefined): SchemaModel {
  const keep = filterOf(filter, ownSchema)
  const part = filterSchema(schema, keep)
  const opaque = [...schema.tables].filter(
    ([, { ref, opaque: kind }]) => kind !== undefined && keep({ kind: 'table', ...ref }),
  )
  return { ...part, tables: new Map([...part.tables, ...opaque]) }
}

function undeclaredFacts(
  { tables, views, enums, sequences }: SchemaModel,
  facts: readonly UnmodelledFact[],
): readonly UndeclaredObject[] {
  return facts.flatMap(({ fact, kind, ...object }) => {
    const { name, table = name, schema } = object
    const key = tableKey({ name: table, ...(schema === undefined ? {} : { schema }) })
    // Triggers, functions, operators and their like are declared by neither kind.
    const isDeclared = [tables, views, enums, sequences].some((objects) => objects.has(key))
    return kind === 'trigger' || kind === 'object' || !isDeclared
      ? []
      : [{ kind, ...object, why: `declared without ${fact}` }]
  })
}

const undeclaredObjectOf = ({ kind, name, schema, what }: UncomparedObject): UndeclaredObject =>
  undeclaredObject(kind, { name, ...(schema === undefined ? {} : { schema }) }, what)

const heading =
  '// Written by `migrate pull`. From here on, edit it: `migrate revision --autogenerate` writes the revisions.'

/**
 * A schema as declarations with `table(…)`, or with Drizzle. Reading them back and comparing them with the same schema gives no difference.
 *
 * Throws INVALID_OPTION; UNSUPPORTED for Drizzle and another dialect than those of SQLite, PostgreSQL and MySQL.
 *
 * ```ts
 * const { text, undeclared } = renderDeclarations(await readSchema(sqliteDialect({ url: 'sqlite:app.db' })))
 * ```
 */
export function renderDeclarations(input: DeclarationsInput): Declarations {
  requireOptions('renderDeclarations', input, checks, ['dialect', 'schema'])
  const { unmodelled = [], uncompared = [], as = 'table', ...settings } = input
  const { dialect, schema, renderType = () => undefined, lineWidth, ...filter } = settings
  const own = inOwnSchema(schema, dialect.model.ownSchema)
  const part = filtered(own, filter, dialect.model.ownSchema)
  const facts = [...undeclaredFacts(part, unmodelled), ...uncompared.map(undeclaredObjectOf)]
  if (as === 'drizzle') {
    const declarations = renderDrizzle(dialect, part, own, lineWidth)
    return { ...declarations, undeclared: [...declarations.undeclared, ...facts] }
  }
  const { tables, undeclared } = declarableSchema(dialect, part)
  const names = exportNames(tables.map(({ ref }) => ref))
  const nameOf = (ref: TableRef): string => names.get(tableKey(ref)) ?? ''
  const imports = new Set<CoreName>()
  const ownModules = new Map<string, Set<string>>()
  const writing = writingOf({ imports, ownModules, gaps: [], renderType })
  const statements = tables.map((table) =>
    print(tableCode(nameOf(table.ref), withoutUsualNames(dialect, table), writing), lineWidth),
  )
  const head = tables.length === 0 ? ['export {}'] : [print(importOf(imports), lineWidth), ...ownImports(ownModules)]
  return {
    text: `${[[heading, ...head].join('\n'), ...statements].join('\n\n')}\n`,
    tables: tables.map(({ ref }) => ({ table: ref, name: nameOf(ref) })),
    undeclared: [...undeclared, ...facts],
  }
}
