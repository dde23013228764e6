import { basename, isAbsolute, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { dialectOfUrl } from '../dialect-packages.ts'

declare const __MIGRATE_VERSION__: string

export const databases = ['sqlite', 'postgres', 'mysql', 'mariadb'] as const
export type Database = (typeof databases)[number]

export const templates = ['service', 'package'] as const
export type Template = (typeof templates)[number]

const urls: { readonly [D in Database]: string } = {
  sqlite: 'sqlite:app.db',
  postgres: 'postgres://localhost/app',
  mysql: 'mysql://localhost/app',
  mariadb: 'mariadb://localhost/app',
}

const dialects: { readonly [D in Database]: string } = {
  sqlite: '@org/migrate-dialect-sqlite',
  postgres: '@org/migrate-dialect-postgres',
  mysql: '@org/migrate-dialect-mysql',
  mariadb: '@org/migrate-dialect-mysql',
}

/** The database that a URL is of, by its scheme; a path is a SQLite file. Throws INVALID_URL. */
export function databaseOf(url: string): Database {
  if (/^mariadb\b/i.test(url)) return 'mariadb'
  const dialect = dialectOfUrl(url)
  return databases.find((each) => each === dialect) ?? 'sqlite'
}

function literal(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}

/** The folder as the configuration writes it: relative to it, or absolute. Slashes also on Windows, whose own sign a URL doesn't have. */
function writtenFolder(folder: string): string {
  const path = folder.replaceAll(sep, '/')
  return path.startsWith('.') || isAbsolute(folder) ? path : `./${path}`
}

function written(members: readonly (readonly [string, string])[]): string {
  return `{ ${members.map(([name, value]) => `${name}: ${value}`).join(', ')} }`
}

function autogenerate({ schema, casing }: ProjectWishes): readonly string[] {
  const [first, ...remaining] = schema.map((file) => literal(writtenFolder(file)))
  if (first === undefined) return []
  const files = remaining.length === 0 ? first : `[${[first, ...remaining].join(', ')}]`
  const members = [['schema', files] as const, ...(casing === undefined ? [] : [['casing', literal(casing)] as const])]
  return [`autogenerate: ${written(members)}`]
}

function config(wishes: ProjectWishes): string {
  const { database, folder, envFile } = wishes
  const url = (database === 'sqlite' ? wishes.url : undefined) ?? urls[database]
  const members = [
    // DATABASE_URL is the database where `url` is absent: the file is read after the configuration.
    envFile === undefined
      ? `url: process.env.DATABASE_URL ?? ${literal(url)}`
      : `envFile: ${literal(envFile.replaceAll(sep, '/'))}`,
    `migrations: ${literal(writtenFolder(folder))}`,
    ...autogenerate(wishes),
  ]
  return `import { defineConfig } from '@org/cli'

export default defineConfig({
${members.map((member) => `  ${member},\n`).join('')}})
`
}

function manifest(database: Database, home: string): string {
  const range = `^${__MIGRATE_VERSION__}`
  const document = {
    name: basename(home),
    version: '0.0.0',
    private: true,
    type: 'module',
    exports: './src/index.ts',
    scripts: { migrate: 'migrate' },
    dependencies: { '@org/cli': range, '@org/migrate-core': range, [dialects[database]]: range },
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

const compilerOptions = `{
  "compilerOptions": {
    "target": "es2023",
    "module": "nodenext",
    "strict": true,
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "verbatimModuleSyntax": true,
    "skipLibCheck": true
  }
}
`

function entry(folder: string): string {
  // A drive before a colon would be the scheme of a URL.
  const path = isAbsolute(folder) ? pathToFileURL(folder).href : `../${writtenFolder(folder).replace(/^\.\//, '')}`
  return `import { graph } from '@org/migrate-core/node'

/** What a service passes to createMigrator, beside the dialect of its database. */
export const tiers = [graph(new URL(${literal(path.endsWith('/') ? path : `${path}/`)}, import.meta.url))]
`
}

export interface ProjectWishes {
  readonly database: Database
  /** The SQLite file where DATABASE_URL is not set; absent: the usual one. */
  readonly url?: string
  /** Relative to `home`, or absolute. */
  readonly folder: string
  readonly template: Template
  /** The files that declare the schema, relative to `home` or absolute, or patterns; none: revisions are written by hand. */
  readonly schema: readonly string[]
  readonly casing?: 'snake_case' | 'camelCase'
  /** The file of variables that has DATABASE_URL, relative to `home` or absolute. */
  readonly envFile?: string
  /** Where the project is made. */
  readonly home: string
}

/** The files of a project, by their paths within it: the configuration first. */
export function projectFiles(wishes: ProjectWishes): Readonly<Record<string, string>> {
  const { database, folder, template, home } = wishes
  const files = { 'migrate.config.ts': config(wishes) }
  if (template === 'service') return files
  return {
    ...files,
    'package.json': manifest(database, home),
    'tsconfig.json': compilerOptions,
    'src/index.ts': entry(folder),
  }
}
