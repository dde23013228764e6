import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { root } from '../tree.ts'
import type { ServiceProcess } from './service-process.ts'

interface Block {
  readonly language: string
  readonly text: string
  readonly line: number
}

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] ?? '',
    text: match[2] ?? '',
    line: page.slice(0, match.index).split('\n').length,
  }))
}

const program = join(root, 'apps/cli/bin/migrate.js')

/** What differs from run to run: the folder and the time that things took; drawn ids by the order in which they come. */
export function steady(text: string, folder: string, drawnIds = false): string {
  const ids = new Map<string, string>()
  const numbered = drawnIds
    ? text.replaceAll(
        /(?<![0-9A-Za-z])[0-9a-f]{12}(?=\b|_)/g,
        (id) => ids.get(id) ?? (ids.set(id, `ID${ids.size + 1}`).get(id) as string),
      )
    : text
  return numbered
    .replaceAll(`${folder}/`, '')
    .replaceAll(/\b\d{8}T\d{6}_/g, 'TIME_')
    .replaceAll(/\d+(\.\d+)? m?s\b/g, 'N ms')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'DATE')
    .replaceAll(/[ \t]+$/gm, '')
}

/** `$ command` lines and what follows each. */
function commandsOf(text: string): readonly { readonly command: string; readonly output: string }[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...rest] = part.split('\n')
      return { command, output: rest.join('\n').trimEnd() }
    })
}

/** Makes the edits of a `diff` block; `@@` stands between two of them. */
function edit(folder: string, diff: string): readonly string[] {
  const migrations = join(folder, 'migrations')
  const newest = readdirSync(migrations)
    .map((name) => join(migrations, name))
    .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs)
    .at(-1)
  const files = [
    ...readdirSync(folder).flatMap((name) => (name.endsWith('.js') ? [join(folder, name)] : [])),
    ...(newest === undefined ? [] : [newest]),
  ]
  return diff.split(/^@@\n/m).flatMap((hunk) => {
    const side = (sign: string): string =>
      [...hunk.matchAll(/^([-+ ])(.*\n)/gm)]
        .flatMap(([, mark, rest]) => (mark === sign || mark === ' ' ? [rest] : []))
        .join('')
    const before = side('-')
    const matching = files.filter((file) => readFileSync(file, 'utf8').split(before).length === 2)
    const [file] = matching
    if (file === undefined || matching.length > 1) return [`${matching.length} files have these lines once:\n${before}`]
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(before, () => side('+')),
    )
    return []
  })
}

function migrate(folder: string, args: readonly string[], by: string): string {
  const { DATABASE_URL: _url, INIT_CWD: _folder, ...env } = process.env
  const [runtime = process.execPath, ...runtimeArgs] = process.env.TEST_RUNTIME?.split(' ') ?? []
  const { stdout, stderr, status } = spawnSync(runtime, [...runtimeArgs, by, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env, NO_COLOR: '1' },
  })
  // A terminal shows both; progress comes before the answer.
  const shown = `${stderr}${stdout}`.trimEnd()
  return status === 0 ? shown : `${shown}\n(exit ${status})`
}

/** Writes the file of a block that begins with `// path` or `# .env`. */
function writeFile({ text }: Block, folder: string): void {
  const path = /^(?:\/\/|#) (\S+\.[jt]s|\.env)\n/.exec(text)?.[1]
  if (path === undefined) return
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text.slice(text.indexOf('\n') + 1))
}

/** Writes the files of a page. */
export function writeFiles(page: string, folder: string): void {
  for (const block of blocksOf(page)) writeFile(block, folder)
}

/**
 * Follows a page in an empty folder: files are written, `console` blocks are run by `program` (by default that of this workspace) and compared,
 * `sql` blocks are sent to `database`, a `rows` block is what the query before it has to give, and a `diff` block edits the `.js` file that has its
 * old lines, or the newest revision. With `drawnIds`, any id is right that stands in the same places. Gives the differences, and the page as it would be right.
 */
export function follow(
  page: string,
  folder: string,
  database: string,
  options: { readonly drawnIds?: boolean; readonly program?: string; readonly service?: ServiceProcess } = {},
): { readonly differences: readonly string[]; readonly right: string } {
  const differences: string[] = []
  let right = page
  let rows: string | undefined
  for (const block of blocksOf(page)) {
    const { language, text, line } = block
    writeFile(block, folder)
    if (language === 'diff') differences.push(...edit(folder, text).map((problem) => `line ${line}: ${problem}`))
    if (language === 'sql') {
      const connection = new Database(join(folder, database))
      const statement = connection.prepare(text)
      if (statement.reader) rows = (statement.raw().all() as unknown[][]).map((row) => row.join('|')).join('\n')
      else statement.run()
      connection.close()
    }
    if (language === 'rows' && text.replace(/\n$/, '') !== rows) differences.push(`line ${line}: the rows are\n${rows}`)
    if (language === 'console') {
      const shown = commandsOf(text).map(({ command, output }) => {
        const args = [...command.replace(/^npx /, '').matchAll(/"([^"]*)"|(\S+)/g)].map(
          ([, quoted, word]) => quoted ?? word ?? '',
        )
        const served = options.service?.run(command, output)
        if (served !== undefined) {
          if (served !== output) differences.push(`line ${line}: $ ${command} shows\n${served}`)
          return `$ ${command}\n${served}\n`
        }
        const removed = /^rm (\S+)$/.exec(command)?.[1]
        if (removed !== undefined) {
          const home = join(folder, dirname(removed))
          const same = readdirSync(home).find((name) => steady(name, folder) === steady(basename(removed), folder))
          rmSync(join(home, same ?? basename(removed)))
          return `$ ${command}\n`
        }
        const printed = migrate(folder, args.slice(1), options.program ?? program).replaceAll(`${folder}/`, '')
        if (steady(printed, folder, options.drawnIds) !== steady(output, folder, options.drawnIds))
          differences.push(`line ${line}: $ ${command} shows\n${printed}`)
        return `$ ${command}\n${printed === '' ? '' : `${printed}\n`}`
      })
      right = right.replace(`\`\`\`console\n${text}\`\`\``, () => `\`\`\`console\n${shown.join('')}\`\`\``)
    }
  }
  return { differences, right }
}

/** An empty project beside the packages of an example. */
export function emptyProject(folder: string, example: string): void {
  cpSync(join(root, example, 'package.json'), join(folder, 'package.json'))
  const modules = join(root, example, 'node_modules')
  if (existsSync(modules)) symlinkSync(modules, join(folder, 'node_modules'), 'junction')
}

export function readPage(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** What a project has installed when it has followed the README, and where that is here. */
export const installed = {
  '@org/cli': 'apps/cli',
  '@org/migrate-core': 'packages/core',
  '@org/migrate-dialect-sqlite': 'packages/dialect-sqlite',
  '@org/migrate-drizzle': 'packages/drizzle',
  'drizzle-orm': 'test/node_modules/drizzle-orm',
}

/** A project without files, as it is after the installation of the README. */
export function installedProject(folder: string): void {
  const devDependencies = { '@org/migrate-dialect-sqlite': '*' }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', devDependencies }))
  for (const [name, from] of Object.entries(installed)) {
    const link = join(folder, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(root, from), link, 'junction')
  }
}
