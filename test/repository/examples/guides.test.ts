import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from '../../../apps/cli/src/program.ts'
import { root } from '../tree.ts'
import { blocksOf, follow, installedProject, readPage } from './scenario.ts'

const guides = readdirSync(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`)
const shown = guides.filter((page) => readPage(page).includes('```console'))

let folder = ''
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'migrate-guide-')))
  installedProject(folder)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a guide that shows output', () => {
  test('is found', () => {
    expect(shown.length).toBeGreaterThan(4)
  })

  test.each(shown)('%s shows what the commands print', (page) => {
    const { differences, right } = follow(readPage(page), folder, 'app.db', { drawnIds: true })
    // `UPDATE_DOCS=1` writes it; look at it before you commit it.
    if (process.env.UPDATE_DOCS === '1') writeFileSync(join(root, page), right)
    else expect(differences).toEqual([])
  })
})

/** A command as containers take it: `command: [node_modules/.bin/migrate, upgrade]`, `CMD ["npx", "migrate"]`. */
const bracketed = /^(?:command: |CMD )\[([^\]]*)\]/gm
const shellForm = (_all: string, list: string): string =>
  list
    .replaceAll(/[",]/g, ' ')
    .trim()
    .replaceAll(/ +/g, ' ')
    .replace(/^node_modules\/\.bin\//, '')

/** The arguments of each `migrate …` in a block of commands, of YAML or of a Dockerfile. */
const callsOf = (text: string): readonly (readonly string[])[] =>
  [...text.replaceAll(bracketed, shellForm).matchAll(/^(?:\$ |- run: )?(?:npx )?migrate((?: [^#\n>|]*)?)/gm)]
    .map(([, args = '']) => [...args.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, other]) => quoted ?? other ?? ''))
    .map((args) => args.filter((word) => word !== '…'))

const refused = (args: readonly string[]): boolean => {
  try {
    parse(args, '0.0.0')
    return false
  } catch {
    return true
  }
}

describe('the commands of the guides', () => {
  test.each(guides)('%s calls commands with options that exist', (page) => {
    const calls = blocksOf(readPage(page))
      .filter(({ language }) => ['sh', 'bash', 'console', 'yaml', 'dockerfile'].includes(language))
      .flatMap(({ text }) => callsOf(text.replaceAll(/^ +/gm, '')))
    expect(calls.filter(refused)).toEqual([])
  })

  test('with an option that does not exist are noticed', () => {
    expect(callsOf('npx migrate upgrade --fast\nmigrate -x a=b plan').map(refused)).toEqual([true, false])
    const containers = 'command: [node_modules/.bin/migrate, upgrade, --fast]\nCMD ["npx", "migrate", "upgrade"]'
    expect(callsOf(containers).map(refused)).toEqual([true, false])
  })
})
