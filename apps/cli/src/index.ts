export type { Autogenerate, SchemaFiles } from './autogenerate/settings.ts'
export { type ConfigContext, defineConfig, type MigrateConfig } from './define-config.ts'
export type { NewFiles, WriteHook } from './new-files/settings.ts'
