import { defineConfig } from '@org/cli'

export default defineConfig({ url: 'sqlite:app.db', migrations: './migrations' })
