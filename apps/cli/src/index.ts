export { type ConfigContext, defineConfig, type MigrateConfig } from './define-config.ts'
