// The type check of every package, of the tests, the site and the examples. What has the same options is one program: most of the
// sources are part of each of them otherwise, and would be checked as many times.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { root } from './workspace.mjs'

const options = { host: { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (problem) => report([problem]) } }

function report(diagnostics) {
  const sorted = ts.sortAndDeduplicateDiagnostics(diagnostics)
  const format = sorted.length === 0 ? '' : ts.formatDiagnosticsWithColorAndContext(sorted, ts.createCompilerHost({}))
  process.stderr.write(format)
  return sorted.length === 0
}

function configOf(folder) {
  return ts.getParsedCommandLineOfConfigFile(join(root, folder, 'tsconfig.json'), {}, options.host)
}

function isRight(folders) {
  const configs = folders.map(configOf)
  const files = configs.flatMap(({ fileNames }) => fileNames)
  const program = ts.createProgram(files, configs[0].options)
  return report([...configs.flatMap(({ errors }) => errors), ...ts.getPreEmitDiagnostics(program)])
}

function groups() {
  const parents = ['packages', 'apps', 'examples'].flatMap((parent) =>
    existsSync(join(root, parent)) ? readdirSync(join(root, parent)).map((name) => join(parent, name)) : [],
  )
  const folders = ['test', ...parents, 'bench', 'docs/.vitepress'].filter((folder) =>
    existsSync(join(root, folder, 'tsconfig.json')),
  )
  const byOptions = new Map()
  for (const folder of folders) {
    const { configFilePath: _, pathsBasePath: _base, ...shared } = configOf(folder).options
    const key = JSON.stringify(shared)
    byOptions.set(key, [...(byOptions.get(key) ?? []), folder])
  }
  return [...byOptions.values()]
}

const named = process.argv.slice(2)
if (named.length > 0) process.exit(isRight(named) ? 0 : 1)

const codes = await Promise.all(
  groups().map(async (folders) => {
    const [code, signal] = await once(
      spawn(process.execPath, [fileURLToPath(import.meta.url), ...folders], { stdio: 'inherit' }),
      'exit',
    )
    const why = signal === null ? '' : `: ended by ${signal}`
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${folders.join(', ')}${why}`)
    return code
  }),
)
process.exit(codes.every((code) => code === 0) ? 0 : 1)
