// Builds packages: `node scripts/build.mjs [package …] [--no-types]`, in the order in which they need each other.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/**
 * How the JavaScript of a package is made. `files`: one for one, where a folder of the sources is read at run time. `start`: the entry
 * that every start loads. Each entry loads it first, so that all of it lies in one file.
 */
const packages = {
  core: { folder: 'packages/core', form: 'bundle', start: 'connection' },
  autogenerate: { folder: 'packages/autogenerate', form: 'bundle' },
  conformance: { folder: 'packages/conformance', form: 'bundle' },
  fleet: { folder: 'packages/fleet', form: 'bundle' },
  'dialect-sqlite': { folder: 'packages/dialect-sqlite', form: 'bundle', start: 'index' },
  'dialect-postgres': { folder: 'packages/dialect-postgres', form: 'bundle', start: 'index' },
  'dialect-mysql': { folder: 'packages/dialect-mysql', form: 'bundle', start: 'index' },
  drizzle: { folder: 'packages/drizzle', form: 'bundle' },
  schema: { folder: 'packages/schema', form: 'files' },
  cli: { folder: 'apps/cli', form: 'program' },
}

const ofCore = (names) => names.map((name) => join(root, 'packages/core/src', `${name}.ts`))

/** What a run with something to do imports when it needs it. All of that lies in one file too. */
const runModules = ofCore([
  'history/obstacles',
  'lock/hold',
  'planning/forecast',
  'planning/prepare-route',
  'run/executor',
  'run/move/under-lock',
  'run/update-format',
])

/** What reads a new file. In the program they go with a run, which finds new revisions; a library that has nothing to do reads too. */
const readingModules = ofCore(['files/import/plain-form', 'files/import/transform', 'files/scan-file'])

/** What shares most of it with a run, which is loaded first: else the bundler would divide a run into as many files. */
const behindRun = ofCore([
  'data-steps/preserved/restore/leave',
  'data-steps/preserved/restore/restore-by-hand',
  'data-steps/preserved/store',
  'migrator/verify-schema',
  'planning/journal/resume-steps',
  'run/hooks/revision-hook',
  'run/stamp-to',
  'script/write-script',
])

const chunks = `${sep}chunks${sep}`
const args = process.argv.slice(2)
const withTypes = !args.includes('--no-types')
const named = args.filter((word) => !word.startsWith('--'))
const unknown = named.filter((name) => !(name in packages))
if (unknown.length > 0) {
  console.error(`Unknown package ${unknown.join(', ')}: there are ${Object.keys(packages).join(', ')}.`)
  process.exit(2)
}

for (const [name, { folder, form, start }] of Object.entries(packages)) {
  const home = join(root, folder)
  if (!existsSync(join(home, 'package.json')) || (named.length > 0 && !named.includes(name))) continue
  const started = performance.now()
  const sources = sourcesOf(home)
  // A process that runs the previous build keeps working: new chunks first, then the entries that name them, then the old ones are removed.
  const files = form === 'files' ? await transpile(home) : await bundle(home, sources, form, start)
  if (form === 'program') files.push(...(await programOf(home)))
  if (withTypes) files.push(...(await declare(home, sources)))
  files.sort((a, b) => Number(b.path.includes(chunks)) - Number(a.path.includes(chunks)))
  for (const { path, text } of files) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  removeStaleFiles(join(home, 'dist'), new Set(files.map(({ path }) => path)))
  console.log(`${name}: ${Math.round(performance.now() - started)} ms`)
}

/** What a former build left; declarations stay where none were made this time. */
function removeStaleFiles(folder, created) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile() && !created.has(path) && (withTypes || !path.endsWith('.d.ts'))) rmSync(path)
  }
}

/** The entry files, as the package's own `exports` names them. */
function sourcesOf(home) {
  return Object.values(manifestOf(home).exports)
    .map((entry) => join(home, entry.source))
    .filter((path) => existsSync(path))
}

/**
 * The entries that are loaded before any module that is imported when it is needed. `./internal` is none of them: a module that took
 * it for loaded would load all of it.
 */
function loadedEntries(home) {
  return Object.entries(manifestOf(home).exports)
    .filter(([name]) => name !== './internal')
    .map(([, { source }]) => join(home, source))
    .filter((path) => existsSync(path))
}

function manifestOf(home) {
  return JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
}

async function bundle(home, sources, form, start) {
  const options = bundleOptions(home, sources, form)
  if (start !== undefined) options.plugins.push(startFirst(join(home, 'src', `${start}.ts`), sources))
  const { outputFiles } = await buildBundle(options)
  return outputFiles.map(({ path, text }) => ({ path, text }))
}

/** What every start loads is one script, what a run needs another, the rest modules. */
async function programOf(home) {
  const { withScripts } = await import('./program-scripts.mjs')
  const options = bundleOptions(home, [join(home, 'src/main.ts')], 'program')
  const { outputFiles, metafile } = await buildBundle({ ...options, metafile: true })
  const files = outputFiles.map(({ path, text }) => ({ path, text }))
  return withScripts(home, files, metafile.outputs, [...runModules, ...readingModules], (scripts) => {
    const { banner: _, define, plugins, ...rest } = bundleOptions(home, [join(home, 'src/start.ts')], 'program')
    return { ...rest, plugins, splitting: false, define: { ...define, __MIGRATE_SCRIPTS__: JSON.stringify(scripts) } }
  })
}

async function buildBundle(options) {
  const { build } = await import('esbuild')
  return build(options).catch(() => {
    // esbuild has told what is wrong already.
    process.exit(1)
  })
}

function bundleOptions(home, sources, form) {
  const program = form === 'program'
  return {
    absWorkingDir: home,
    entryPoints: sources,
    outdir: 'dist',
    outbase: 'src',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    chunkNames: 'chunks/[name]-[hash]',
    logLevel: 'warning',
    write: false,
    plugins: [
      builtIns(),
      lazyModules(program ? staticImports(sources) : loadedEntries(home)),
      ...(program ? [directImports(home)] : []),
    ],
    // The program holds core and its own tools; what opens databases and what has binaries of its own stays outside.
    ...(program
      ? {
          conditions: ['source'],
          define: { __MIGRATE_VERSION__: JSON.stringify(manifestOf(home).version) },
          external: [
            '@org/migrate-dialect-*',
            '@org/migrate-drizzle',
            '@opentelemetry/api',
            'jiti',
            'oxc-resolver',
            'oxc-transform',
            'pg-boss',
          ],
          minifySyntax: true,
          minifyWhitespace: true,
          legalComments: 'none',
          // What is bundled as CommonJS asks for Node's own modules by `require`.
          banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
        }
      : { packages: 'external' }),
  }
}

/**
 * Takes Node's own modules without `import`: for that Node makes a second module object of each, and loads for it all that the module would load
 * when it is used, such as the streams of `node:fs`.
 */
function builtIns() {
  return {
    name: 'built-ins',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^node:/ }, ({ path, kind }) =>
        kind === 'import-statement' ? { path, namespace: 'built-in', sideEffects: false } : undefined,
      )
      onLoad({ filter: /./, namespace: 'built-in' }, async ({ path }) => {
        const names = Object.keys(process.getBuiltinModule(path)).filter(
          (name) => /^[A-Za-z]\w*$/.test(name) && name !== 'default',
        )
        const module = `process.getBuiltinModule(${JSON.stringify(path)})`
        // Loading it takes about 10 ms, and a start with nothing to do calls none of its functions.
        if (path === 'node:crypto') {
          return {
            contents: names.map((name) => `export const ${name} = (...args) => ${module}.${name}(...args)`).join('\n'),
          }
        }
        return {
          contents: [
            `const part = (name) => ${module}[name]`,
            `export default /* @__PURE__ */ (() => ${module})()`,
            ...names.map(
              (name) =>
                `const _${name} = /* @__PURE__ */ part(${JSON.stringify(name)})\nexport { _${name} as ${name} }`,
            ),
          ].join('\n'),
        }
      })
    },
  }
}

/**
 * Says to the bundler that a module which is imported when it is needed finds everything that was loaded before it. All of
 * that then lies in one file; else in as many as there are sets of modules that share a part of it, and each costs a start.
 */
function lazyModules(loaded) {
  return {
    name: 'lazy-modules',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) =>
        kind === 'dynamic-import' ? { path: join(resolveDir, path), namespace: 'lazy' } : undefined,
      )
      onLoad({ filter: /./, namespace: 'lazy' }, ({ path }) => {
        const before = runModules.includes(path) || behindRun.includes(path) ? [...loaded, ...runModules] : loaded
        return {
          contents: [
            ...before.map((file) => `import ${JSON.stringify(file)}`),
            `export * from ${JSON.stringify(path)}`,
          ].join('\n'),
          resolveDir: dirname(path),
        }
      })
    },
  }
}

/** Lets each entry load what every start loads: the bundler makes a file for each set of entries that share modules. */
function startFirst(start, entries) {
  return {
    name: 'start-first',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, ({ path }) =>
        entries.includes(path) && path !== start
          ? { contents: `import ${JSON.stringify(start)}\n${readFileSync(path, 'utf8')}`, loader: 'ts' }
          : undefined,
      ),
  }
}

/** What entries import before they run. They wait for what they import later, so that cannot wait for them. */
function staticImports(entries) {
  return entries.flatMap((entry) =>
    [...readFileSync(entry, 'utf8').matchAll(/^import (?!type ).* from '(\..*)'$/gm)].map(([, path]) =>
      join(dirname(entry), path),
    ),
  )
}

/**
 * Leads the program's imports from the entries of our packages that it holds to the modules that define what is imported. The bundler
 * knows only of a whole module when it is needed: through the entries everything that any command uses would be loaded at every start.
 */
function directImports(home) {
  const held = ['core', 'autogenerate'].map((name) => join(root, 'packages', name))
  const entries = new Map(
    held.flatMap((folder) => {
      const { name, exports } = manifestOf(folder)
      return Object.entries(exports).map(([entry, { source }]) => {
        const file = join(folder, source)
        return [name + entry.slice(1), definedIn(readFileSync(file, 'utf8'), dirname(file))]
      })
    }),
  )
  const sources = [home, ...held].map((folder) => join(folder, 'src') + sep)
  const line = /^import \{([^}]*)\} from '(@org\/migrate-[^']*)'$/gm
  const direct = (whole, names, entry) => {
    const modules = entries.get(entry)
    if (modules === undefined) return whole
    return listed(names)
      .filter((name) => !name.startsWith('type '))
      .map((name) => `import { ${name} } from ${JSON.stringify(modules.get(name.replace(/ as .*/, '')))}`)
      .join('\n')
  }
  return {
    name: 'direct-imports',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, ({ path }) =>
        sources.some((folder) => path.startsWith(folder))
          ? { contents: readFileSync(path, 'utf8').replace(line, direct), loader: 'ts' }
          : undefined,
      ),
  }
}

/** Which module each value comes from that an entry exports. */
function definedIn(text, folder) {
  const named = [...text.matchAll(/^export \{([^}]*)\} from '(.*)'$/gm)].flatMap(([, names, module]) =>
    listed(names).map((name) => [name, join(folder, module)]),
  )
  const whole = [...text.matchAll(/^export \* from '(.*)'$/gm)].flatMap(([, module]) =>
    [
      ...readFileSync(join(folder, module), 'utf8').matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm),
    ].map(([, name]) => [name, join(folder, module)]),
  )
  return new Map([...named, ...whole])
}

function listed(names) {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

async function transpile(home) {
  const { default: ts } = await import('typescript')
  // One file at a time, TypeScript does not look at package.json to see that this is a package of modules.
  const options = { ...compilerOptions(ts, home), module: ts.ModuleKind.ESNext }
  const from = join(home, 'src')
  const files = []
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('.d.ts')) continue
    const path = join(entry.parentPath, entry.name)
    const to = join(home, 'dist', relative(from, path)).replace(/\.ts$/, '.js')
    const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), { fileName: path, compilerOptions: options })
    files.push({ path: to, text: outputText })
  }
  return files
}

async function declare(home, sources) {
  const { default: ts } = await import('typescript')
  const options = {
    ...compilerOptions(ts, home),
    declaration: true,
    emitDeclarationOnly: true,
    // As a consumer sees it: the packages below by their own declarations, which were made before.
    customConditions: [],
  }
  const program = ts.createProgram(sources, options)
  const files = []
  const { diagnostics } = program.emit(undefined, (path, text) => files.push({ path: normalize(path), text }))
  const allDiagnostics = [...ts.getPreEmitDiagnostics(program), ...diagnostics]
  if (allDiagnostics.length === 0) return files
  console.error(
    ts.formatDiagnostics(allDiagnostics, {
      getCanonicalFileName: (file) => file,
      getCurrentDirectory: () => root,
      getNewLine: () => '\n',
    }),
  )
  process.exitCode = 1
  return files
}

function compilerOptions(ts, home) {
  const file = join(home, 'tsconfig.json')
  const parsed = ts.parseJsonConfigFileContent(ts.readConfigFile(file, ts.sys.readFile).config, ts.sys, home)
  return { ...parsed.options, noEmit: false, rootDir: join(home, 'src'), outDir: join(home, 'dist') }
}
