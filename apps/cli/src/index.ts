export { defineConfig, type MigrateConfig } from './define-config.ts'
