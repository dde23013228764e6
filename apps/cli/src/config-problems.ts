import { nearNames } from '@org/migrate-core'
import * as z from 'zod'
import type { MigrateConfig } from './define-config.ts'
import { isModuleFile } from './module-file.ts'

const count = z.number().nonnegative()
const name = z.string().min(1)
const method = z.custom((value) => typeof value === 'function', 'expected a function')
const source = z.looseObject({ headers: method, module: method })

const folder = z
  .custom((value) => typeof value === 'string' || value instanceof URL, 'expected a folder: a path or a file: URL')
  .refine((value) => value !== '' && (!(value instanceof URL) || value.protocol === 'file:'), 'names no folder')
const hook = z.strictObject({
  name: name.optional(),
  exec: name,
  args: z.array(z.string()).optional(),
  cwd: name.optional(),
})

const files = z.union([name, z.array(name).min(1)])
const rules = z.array(
  z.union(
    [
      name,
      method,
      z.strictObject({
        kind: z.string().optional(),
        schema: z.string().optional(),
        name: z.string().optional(),
        table: z.string().optional(),
      }),
    ],
    'expected a pattern, an object of patterns, or a function',
  ),
)

const shape = {
  url: z.string().optional(),
  migrationUrl: z.string().optional(),
  lock: z.enum(['session', 'table']).optional(),
  key: z.string().optional(),
  schema: name
    .refine(
      (value) => !isModuleFile(value),
      'expected the name of a schema in the database; a file that declares tables goes into `autogenerate.schema`',
    )
    .optional(),
  migrations: z.union([z.array(folder).min(1), folder], 'expected a folder, or a list of folders').optional(),
  recursive: z.boolean().optional(),
  tiers: z
    .array(z.looseObject({ name, kind: z.enum(['graph', 'sequential']), source, table: name.optional() }))
    .min(1)
    .optional(),
  tables: z
    .strictObject({
      version: name.optional(),
      history: name.optional(),
      preserved: name.optional(),
      journal: name.optional(),
      lock: name.optional(),
    })
    .optional(),
  newFiles: z
    .strictObject({
      name: name.optional(),
      timeZone: name.optional(),
      slugLength: z.int().positive().optional(),
      template: name.optional(),
      hooks: z.array(hook).optional(),
    })
    .optional(),
  autogenerate: z
    .strictObject({
      schema: z.union(
        [files, z.strictObject({ sqlite: files.optional(), postgres: files.optional(), mysql: files.optional() })],
        'expected files: a path, a pattern, a list of them, or these by dialect',
      ),
      dialects: z
        .array(z.enum(['sqlite', 'postgres', 'mysql']))
        .min(1)
        .optional(),
      casing: z.enum(['snake_case', 'camelCase']).optional(),
      include: rules.optional(),
      exclude: rules.optional(),
      renames: method.optional(),
      fill: method.optional(),
      allowDestructive: z.boolean().optional(),
      processOperations: method.optional(),
      renderType: method.optional(),
    })
    .optional(),
  preserve: z
    .strictObject({ maxRows: count.optional(), maxBytes: count.optional(), upgrades: z.boolean().optional() })
    .optional(),
  check: z.strictObject({ edits: z.enum(['text', 'functions', 'operations']).optional() }).optional(),
  heads: z.enum(['one', 'several']).optional(),
  transaction: z.enum(['revision', 'run']).optional(),
  ignoreForeignHistory: z.array(z.string()).optional(),
  notes: z.array(z.string()).optional(),
  waitMs: count.optional(),
  lockWaitMs: count.optional(),
  leaseMs: count.optional(),
  lockTimeoutMs: count.optional(),
  statementTimeoutMs: count.optional(),
  lockRetries: count.optional(),
  stepIdleMs: count.optional(),
  recordedBy: z.strictObject({ host: z.string().optional(), user: z.string().optional() }).optional(),
  arguments: z.record(z.string(), z.string()).optional(),
  onEvent: method.optional(),
  beforeRevision: method.optional(),
  afterRevision: method.optional(),
  afterHead: method.optional(),
  hookTimeoutMs: count.optional(),
} satisfies { readonly [K in keyof Required<MigrateConfig>]: z.ZodType }

const schema = z.strictObject(shape)

/** The keys that an object at this place may have. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  let at: z.ZodType = schema
  for (const step of path) {
    const inner = at instanceof z.ZodOptional ? (at.unwrap() as z.ZodType) : at
    const next = inner instanceof z.ZodObject ? (inner.shape as Record<string, z.ZodType>)[String(step)] : undefined
    if (next === undefined) return []
    at = next
  }
  const inner = at instanceof z.ZodOptional ? at.unwrap() : at
  const options: readonly unknown[] = inner instanceof z.ZodUnion ? inner.options : [inner]
  return options.flatMap((each) => (each instanceof z.ZodObject ? Object.keys(each.shape as object) : []))
}

function unknownKey(path: readonly PropertyKey[], key: string): string {
  const keys = keysAt(path)
  const [near] = nearNames(key, keys)
  const hint = near === undefined ? `known are ${keys.join(', ')}` : `did you mean \`${near}\`?`
  return `\`${[...path, key].map(String).join('.')}\` is not a key of the configuration: ${hint}`
}

function kindOf(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  return Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`
}

/** Everything that is wrong with a configuration, a sentence each, every wrong key with what was probably meant. */
export function configProblems(config: unknown): readonly string[] {
  const result = schema.safeParse(config)
  const problems = (result.error?.issues ?? []).flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(issue.path, key))
    if (issue.path.length === 0) return [`the default export is ${kindOf(config)}, not an object of options`]
    return [`\`${issue.path.map(String).join('.')}\`: ${issue.message.replace(/^(?:Invalid|Too \w+)[^:]*: /, '')}`]
  })
  if (typeof config !== 'object' || config === null || Array.isArray(config)) return problems
  const { migrations, tiers } = config as MigrateConfig
  if (migrations === undefined && tiers === undefined) problems.push('give `migrations` (a folder) or `tiers`')
  if (migrations !== undefined && tiers !== undefined) problems.push('give either `migrations` or `tiers`, not both')
  return problems
}
