// Writes into every package.json what a registry shows of it. `--check` writes nothing and exits with 1 where one differs.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './workspace.mjs'

/** The address of the project. Everything that names it is made from this. */
export const projectAddress = 'https://example.org/migrate'

const common = ['migrations', 'database', 'schema', 'typescript']
const keywords = {
  'apps/cli': ['cli', 'sqlite', 'postgresql', 'mysql', 'mariadb', 'drizzle'],
  'packages/autogenerate': ['schema-diff', 'introspection', 'drift'],
  'packages/conformance': ['testing', 'conformance'],
  'packages/core': ['sqlite', 'postgresql', 'mysql', 'mariadb'],
  'packages/dialect-mysql': ['mysql', 'mariadb', 'mysql2'],
  'packages/dialect-postgres': ['postgres', 'postgresql'],
  'packages/dialect-sqlite': ['sqlite', 'better-sqlite3', 'sqlcipher', 'libsql', 'd1'],
  'packages/drizzle': ['drizzle', 'drizzle-orm', 'orm'],
  'packages/fleet': ['multi-tenant', 'tenants', 'fleet', 'rollout'],
  'packages/schema': ['open-webui'],
}

export const packageFolders = ['packages', 'apps']
  .flatMap((group) => readdirSync(join(root, group)).map((name) => `${group}/${name}`))
  .filter((folder) => existsSync(join(root, folder, 'package.json')))

/** A manifest with its keywords, its links and the guard of `npm publish`. */
export function withLinks(manifest, folder) {
  const { name, version, description, license } = manifest
  const linked = {
    name,
    version,
    description,
    keywords: [...common, ...(keywords[folder] ?? [])],
    license,
    homepage: projectAddress,
    repository: { type: 'git', url: `git+${projectAddress}.git`, directory: folder },
    bugs: `${projectAddress}/issues`,
  }
  const rest = Object.entries(manifest).filter(([key]) => !(key in linked))
  const scripts = { ...manifest.scripts, prepublishOnly: 'node ../../scripts/refuse-npm-publish.mjs' }
  return { ...linked, ...Object.fromEntries(rest), scripts }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let differ = false
  for (const folder of packageFolders) {
    const file = join(root, folder, 'package.json')
    const text = readFileSync(file, 'utf8')
    const right = `${JSON.stringify(withLinks(JSON.parse(text), folder), null, 2)}\n`
    if (right === text) continue
    if (process.argv.includes('--check')) {
      console.error(`${folder}/package.json differs: run node scripts/package-links.mjs`)
      differ = true
    } else writeFileSync(file, right)
  }
  process.exit(differ ? 1 : 0)
}
