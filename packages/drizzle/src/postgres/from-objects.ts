import { type DeclaredSchema, type EnumModel, type SequenceModel, tableKey } from '@org/migrate-core/dialect'
import type { getMaterializedViewConfig, getViewConfig, PgSequence } from 'drizzle-orm/pg-core'
import type { Reading } from '../read/table.ts'

type ViewConfig = ReturnType<typeof getViewConfig> | ReturnType<typeof getMaterializedViewConfig>

type ViewConfigs = ReturnType<typeof getMaterializedViewConfig> & ReturnType<typeof getViewConfig>
type Storage = Partial<Pick<ViewConfigs, 'using' | 'tablespace' | 'withNoData'>>

/** `securityBarrier` is `security_barrier`; the server keeps every value as text. What is not stated is not set. */
export function optionsOf({ with: given, using, tablespace, withNoData }: Pick<ViewConfig, 'with'> & Storage) {
  const pairs = Object.entries({ ...given, using, tablespace }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), String(value)]],
  )
  return {
    options: Object.fromEntries(pairs) as Record<string, string>,
    ...(withNoData ? { noData: true as const } : {}),
  }
}

export function sequenceFrom({ seqName, schema, seqOptions: given }: PgSequence, { placed }: Reading): SequenceModel {
  const text = (value: number | string | undefined) => (value === undefined ? undefined : String(value))
  const bounds = {
    start: text(given?.startWith),
    increment: text(given?.increment),
    minValue: text(given?.minValue),
    maxValue: text(given?.maxValue),
  }
  return {
    ref: placed(seqName ?? '', schema),
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
