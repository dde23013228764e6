export type { Autogenerate } from './autogenerate/settings.ts'
export {
  type ConfiguredSource,
  type Declaration,
  type DeclaredByDialect,
  fromCommand,
  fromDatabase,
  fromSql,
  type SchemaFiles,
} from './autogenerate/sources.ts'
export {
  type ConfigContext,
  defineConfig,
  type MigrateConfig,
  type NamedDatabase,
} from './define-config.ts'
export type { NewFiles, WriteHook } from './new-files/settings.ts'
