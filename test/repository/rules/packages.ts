import { builtinModules } from 'node:module'
import ts from 'typescript'
import { locationOf, type Manifest, nodesOf, packageFolder, type Rule, type SourceFile, targetOf } from '../tree.ts'

const core = '@org/migrate-core'
const autogenerate = '@org/migrate-autogenerate'
const fleet = '@org/migrate-fleet'
const schema = '@org/migrate-schema'
const drizzle = '@org/migrate-drizzle'
const isDialect = (name: string): boolean => name.startsWith('@org/migrate-dialect-')
const isSource = (file: SourceFile): boolean => /^(packages|apps)\//.test(file.path)

/** `@org/name` of `@org/name/sub/path`, `name` of `name/sub`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

const builtins = new Set(builtinModules)
const isBare = (specifier: string): boolean =>
  !specifier.startsWith('.') && !specifier.startsWith('node:') && !builtins.has(packageOf(specifier))

/** Which packages of ours a package may import. Core is below everything, the command line above everything. */
function mayImport(from: string, file: SourceFile, specifier: string): boolean {
  const to = packageOf(specifier)
  if (to === from) return true
  // What a dialect gives beside its entry may change in any version.
  if (isDialect(to) && specifier.endsWith('/internal') && from !== 'packages/drizzle') return false
  if (from === 'packages/core') return false
  if (from.startsWith('packages/dialect-') || from === 'packages/autogenerate') return to === core
  // What Drizzle says for one dialect is read and sent with the parts of that dialect, and of no other.
  if (from === 'packages/drizzle') {
    const [, dialect = ''] = /^packages\/drizzle\/src\/(\w+)[./]/.exec(file.path) ?? []
    return to === core || specifier === `@org/migrate-dialect-${dialect}/internal`
  }
  if (['packages/conformance', 'packages/fleet'].includes(from)) return to === core || to === autogenerate
  // The tables become Drizzle tables. A dialect itself only where `openDatabase` migrates.
  if (from === 'packages/schema') {
    return (
      to === core || to === drizzle || (isDialect(to) && file.path === 'packages/schema/src/database/connections.ts')
    )
  }
  if (from === 'apps/cli') {
    if (to === schema) return file.path === 'apps/cli/migrate.config.ts'
    if (to === '@org/cli') return file.path === 'apps/cli/migrate.config.ts'
    return to === core || to === autogenerate || to === fleet || to === drizzle || isDialect(to)
  }
  // One example is of Open WebUI's own schema.
  if (from.startsWith('examples/')) return to !== schema || from === 'examples/open-webui'
  return true
}

export const packageArrows: Rule = ({ files }) =>
  [...files.values()].flatMap((file) =>
    file.imports
      .filter(({ specifier }) => specifier.startsWith('@org/'))
      .filter(({ specifier }) => !mayImport(packageFolder(file.path), file, specifier))
      .map(({ specifier, line }) => `${file.path}:${line} imports ${specifier}, against the arrows between packages`),
  )

const late = (name: string): boolean => isDialect(name) || name === drizzle

/** A dialect is chosen by the URL: the command line works without any of them, and without Drizzle. */
export const dialectsAreLoadedLate: Rule = ({ files }) =>
  [...files.values()]
    .filter((file) => file.path.startsWith('apps/cli/src/'))
    .flatMap((file) =>
      file.imports
        .filter(({ specifier, kind }) => kind === 'value' && late(packageOf(specifier)))
        .map(({ specifier, line }) => `${file.path}:${line} imports ${specifier} at load time`),
    )

export const noDeepImports: Rule = ({ files, manifests }) => {
  const byName = new Map(manifests.map((manifest) => [manifest.name, manifest]))
  return [...files.values()].flatMap((file) =>
    file.imports.flatMap(({ specifier, line }) => {
      const target = targetOf(file, specifier)
      if (target !== undefined) {
        const home = packageFolder(file.path)
        const left = isSource(file) && packageFolder(target) !== home
        // A test may look at an inner part, and the bench runs what was built: neither is anybody's dependency.
        const free = home === 'test' || (home === 'bench' && target.includes('/dist/'))
        const entered = !free && packageFolder(target) !== home && /^(packages|apps)\//.test(target)
        return left || entered ? [`${file.path}:${line} reaches into another package: ${specifier}`] : []
      }
      const manifest = byName.get(packageOf(specifier))
      if (manifest === undefined) return []
      const entry = `.${specifier.slice(manifest.name.length)}`
      return manifest.exports.includes(entry) ? [] : [`${file.path}:${line}: ${manifest.name} exports no ${entry}`]
    }),
  )
}

/** What is imported is declared; what is declared for development only is not imported by a published package. */
export const importsAreDeclared: Rule = ({ files, manifests }) => {
  const byFolder = new Map<string, Manifest>(manifests.map((manifest) => [manifest.folder, manifest]))
  return [...files.values()].filter(isSource).flatMap((file) => {
    const manifest = byFolder.get(packageFolder(file.path))
    if (manifest === undefined) return []
    // The command line is bundled: what it needs at build time is in its development dependencies.
    const bundled = manifest.folder === 'apps/cli'
    const declaredPackages = new Set([
      manifest.name,
      ...manifest.dependencies,
      ...(bundled ? manifest.devDependencies : []),
    ])
    return file.imports
      .filter(({ specifier }) => isBare(specifier) && !declaredPackages.has(packageOf(specifier)))
      .map(
        ({ specifier, line }) => `${file.path}:${line} imports ${specifier}, which ${manifest.name} does not declare`,
      )
  })
}

/** Drivers by the package that may name them, be it in an import or as a string for `require`. */
const drivers: { readonly [driver: string]: string } = {
  'better-sqlite3': 'packages/dialect-sqlite',
  'better-sqlite3-multiple-ciphers': 'packages/dialect-sqlite',
  'node:sqlite': 'packages/dialect-sqlite',
  'bun:sqlite': 'packages/dialect-sqlite',
  libsql: 'packages/dialect-sqlite',
  postgres: 'packages/dialect-postgres',
  pg: 'packages/dialect-postgres',
  mysql2: 'packages/dialect-mysql',
  mariadb: 'packages/dialect-mysql',
}

export const driversStayInTheirDialect: Rule = ({ files }) =>
  [...files.values()].filter(isSource).flatMap((file) =>
    file.imports
      .filter(({ specifier }) => {
        const home = drivers[specifier.startsWith('node:') ? specifier : packageOf(specifier)]
        return home !== undefined && home !== packageFolder(file.path)
      })
      .map(({ specifier, line }) => `${file.path}:${line} imports the driver ${specifier}`),
  )

/** `init` looks for drivers in the package.json of a project, as text. */
const recognisesDrivers = 'apps/cli/src/new-files/recognise/databases.ts'

/** A driver asked for by `createRequire(…)('name')` is no import that can be seen; its name is. */
export const driversAreNotNamed: Rule = ({ files }) =>
  [...files.values()].filter(isSource).flatMap((file) => {
    if (file.path === recognisesDrivers) return []
    // Words that are no driver anywhere else: `postgres` is also a dialect and a URL scheme.
    const unmistakable = ['better-sqlite3', 'better-sqlite3-multiple-ciphers', 'node:sqlite', 'mysql2']
    return [...nodesOf(file.ast)]
      .filter((node) => ts.isStringLiteralLike(node) && unmistakable.includes(node.text))
      .filter((node) => drivers[(node as ts.StringLiteralLike).text] !== packageFolder(file.path))
      .map((node) => `${locationOf(file, node)} names the driver ${(node as ts.StringLiteralLike).text}`)
  })

/** drizzle-orm is an optional peer: only its own package, and the declared tables, may need it. */
export const drizzleStaysInItsPackage: Rule = ({ files }) =>
  [...files.values()].filter(isSource).flatMap((file) =>
    file.imports
      .filter(({ specifier }) => /^drizzle-(orm|zod)$/.test(packageOf(specifier)))
      .filter(() => !/^packages\/(drizzle|schema)\//.test(file.path))
      .map(({ specifier, line }) => `${file.path}:${line} imports ${specifier}`),
  )
