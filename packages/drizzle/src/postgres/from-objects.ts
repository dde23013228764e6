import {
  cutName,
  type DeclaredSchema,
  type EnumModel,
  type SequenceModel,
  type TableRef,
  tableKey,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { capabilities } from '@org/migrate-dialect-postgres/internal'
import type { getMaterializedViewConfig, getViewConfig, PgSequence } from 'drizzle-orm/pg-core'
import type { Casing } from '../read/chunk-text.ts'
import { type Entity, objectRef } from '../read/entities.ts'
import { queryText } from './sql-text.ts'

// The server cuts longer names, also where the application uses them: what is left is the name that a thing has.
export const limit = { ...capabilities.identifierLimit, cuts: true } as const

export const cut = (name: string): string => cutName(name, limit)

/** A name in a schema, as the server has them. */
export const here = (name: string, schema: string | undefined): TableRef =>
  objectRef(cut(name), schema === undefined ? undefined : cut(schema))

type ViewConfig = ReturnType<typeof getViewConfig> | ReturnType<typeof getMaterializedViewConfig>

type ViewConfigs = ReturnType<typeof getMaterializedViewConfig> & ReturnType<typeof getViewConfig>
type Storage = Partial<Pick<ViewConfigs, 'using' | 'tablespace' | 'withNoData'>>

/** `securityBarrier` is `security_barrier`; the server keeps every value as text. What is not stated is not set. */
function optionsOf({ with: given, using, tablespace, withNoData }: Pick<ViewConfig, 'with'> & Storage) {
  const pairs = Object.entries({ ...given, using, tablespace }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), String(value)]],
  )
  return {
    options: Object.fromEntries(pairs) as Record<string, string>,
    ...(withNoData ? { noData: true as const } : {}),
  }
}

export function viewFrom(
  config: ViewConfig,
  casing: Casing | undefined,
  kind: Pick<ViewModel, 'materialized'>,
): Entity | undefined {
  const { name, schema, query, isAlias } = config
  if (isAlias) return undefined
  const ref = here(name, schema)
  if (query === undefined) return { existing: ref }
  return { view: { ref, definition: queryText(query, `view ${name}`, casing), ...kind, ...optionsOf(config) } }
}

export function sequenceFrom({ seqName, schema, seqOptions: given }: PgSequence): SequenceModel {
  const text = (value: number | string | undefined) => (value === undefined ? undefined : String(value))
  const bounds = {
    start: text(given?.startWith),
    increment: text(given?.increment),
    minValue: text(given?.minValue),
    maxValue: text(given?.maxValue),
  }
  return {
    ref: here(seqName ?? '', schema),
    ...(Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined)) as Partial<
      Record<keyof typeof bounds, string>
    >),
    ...(given?.cache === undefined ? {} : { cache: Number(given.cache) }),
    ...(given?.cycle === undefined ? {} : { cycle: given.cycle }),
  }
}

/** Enums of `public` have no schema in the model, but for columns of tables that stand in another. */
export function inPublic(declared: DeclaredSchema): DeclaredSchema {
  const { schema } = declared
  const own = ({ ref }: EnumModel): boolean => ref.schema === 'public'
  const enums = [...schema.enums.values()].map((one) => (own(one) ? { ...one, ref: { name: one.ref.name } } : one))
  const relations = [schema.tables, schema.views, schema.sequences].flatMap((part) => [...part.values()])
  const named = relations.some(({ ref }) => ref.schema === 'public')
  return {
    ...declared,
    schema: {
      ...schema,
      enums: new Map(enums.map((one) => [tableKey(one.ref), one])),
      schemas: named ? schema.schemas : schema.schemas.filter((name) => name !== 'public'),
    },
  }
}
