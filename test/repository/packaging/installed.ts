import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Project, root } from '../../cli/project.ts'

/** Where this workspace has what npm would install from a registry. */
const owners = {
  'better-sqlite3': '.',
  'better-sqlite3-multiple-ciphers': '.',
  'drizzle-orm': 'packages/drizzle',
  'es-module-lexer': 'packages/core',
  mysql2: 'packages/dialect-mysql',
  'oxc-resolver': 'packages/core',
  'oxc-transform': 'packages/core',
  postgres: 'packages/dialect-postgres',
} as const
const published = {
  '@org/cli': 'apps/cli',
  '@org/migrate-autogenerate': 'packages/autogenerate',
  '@org/migrate-core': 'packages/core',
  '@org/migrate-dialect-mysql': 'packages/dialect-mysql',
  '@org/migrate-dialect-postgres': 'packages/dialect-postgres',
  '@org/migrate-dialect-sqlite': 'packages/dialect-sqlite',
  '@org/migrate-drizzle': 'packages/drizzle',
  '@org/migrate-fleet': 'packages/fleet',
} as const
export type Package = keyof typeof owners | keyof typeof published

const isPublished = (name: Package): name is keyof typeof published => name in published

/** Puts packages where `npm install` puts them: ours as they are published, those of others with their dependencies. */
export function install(folder: string, ...names: readonly Package[]): void {
  for (const name of names) {
    const to = join(folder, 'node_modules', name)
    rmSync(to, { recursive: true, force: true })
    mkdirSync(dirname(to), { recursive: true })
    if (!isPublished(name)) {
      symlinkSync(realpathSync(join(root, owners[name], 'node_modules', name)), to)
      continue
    }
    for (const part of ['dist', 'bin', 'package.json']) {
      const from = join(root, published[name], part)
      if (existsSync(from)) cpSync(from, join(to, part), { recursive: true })
    }
  }
}

/** A project with these packages alone, outside of this workspace; its command line is the one that is installed in it. */
export function installed(files: Readonly<Record<string, string>>, ...names: readonly Package[]): Project {
  const project = new Project(files, 'node_modules/@org/cli/bin/migrate.js')
  rmSync(join(project.folder, 'node_modules'), { recursive: true })
  install(
    project.folder,
    '@org/cli',
    '@org/migrate-autogenerate',
    '@org/migrate-core',
    '@org/migrate-fleet',
    'es-module-lexer',
    'oxc-resolver',
    'oxc-transform',
    ...names,
  )
  return project
}
