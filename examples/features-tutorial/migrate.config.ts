import { defineConfig } from '@org/cli'

export default defineConfig({ url: 'sqlite:features.db', migrations: './migrations' })
