import { spawnSync } from 'node:child_process'
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { declarations } from '../../apps/cli/src/commands/declarations/index.ts'
import { bin, ensureBuilt, Project, twoRevisions } from './project.ts'

const installed = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0

let project: Project
beforeAll(() => {
  ensureBuilt()
  project = new Project(twoRevisions)
  const tools = join(project.folder, 'tools')
  project.put({ 'tools/migrate': `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(bin)} "$@"\n` })
  chmodSync(join(tools, 'migrate'), 0o755)
  symlinkSync(process.execPath, join(tools, 'node'))
  for (const shell of ['bash', 'zsh', 'fish']) {
    writeFileSync(join(project.folder, `completion.${shell}`), project.run(['completion', shell]).stdout)
  }
})
afterAll(() => project.remove())

function shellCompletes(shell: string, script: string): readonly string[] {
  const { DATABASE_URL: _url, ...env } = process.env
  const path = `${join(project.folder, 'tools')}${delimiter}${env.PATH}`
  const { stdout, stderr } = spawnSync(shell, ['-c', script], {
    cwd: project.folder,
    env: { ...env, PATH: path },
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((line) => line !== '')
}

/** What bash would offer for these words, the last of which is being written. */
function offered(...args: readonly string[]): readonly string[] {
  const list = args.map((word) => `'${word}'`).join(' ')
  return shellCompletes(
    'bash',
    `source completion.bash; complete -p migrate > /dev/null || echo none; COMP_WORDS=(${list}); COMP_CWORD=${args.length - 1}; _migrate; printf '%s\\n' "\${COMPREPLY[@]}"`,
  )
}

const shells = ['bash', 'zsh', 'fish'].filter(installed)
const declare = (shell: string, body: () => void): void => {
  if (shells.includes(shell)) describe(shell, body)
  // Its script is then only looked at as text, below.
  else console.warn(`NOT RUN: the completion in ${shell}, which is not installed here`)
}

declare('bash', () => {
  test('offers every command, those that begin so, and those below a command', () => {
    const names = Object.values(declarations).flatMap((group) => group.map(({ name }) => name))
    expect(offered('migrate', '').toSorted()).toEqual([...names, 'help'].toSorted())
    expect(offered('migrate', 'upg')).toEqual(['upgrade'])
    expect(offered('migrate', '--url', 'sqlite:lock', 'down')).toEqual(['downgrade'])
    expect(offered('migrate', 'lock', '')).toEqual(['status', 'release'])
  })

  test('offers options of the command and those of all, and files behind an option that takes one', () => {
    expect(offered('migrate', 'upgrade', '--ba')).toEqual(['--backup'])
    expect(offered('migrate', 'lock', 'status', '--ex')).toEqual(['--exit-code'])
    expect(offered('migrate', 'status', '--lock-w')).toEqual(['--lock-wait'])
    expect(offered('migrate', 'heads', '--ba')).toEqual([])
    expect(offered('migrate', '--config', 'migrate.c')).toEqual(['migrate.config.ts'])
    expect(offered('migrate', '--url', '')).toEqual([])
  })

  test('offers the revisions of the files where a command takes some', () => {
    expect(offered('migrate', 'upgrade', '')).toEqual(expect.arrayContaining(['head', 'heads', 'base', 'b1', 'a1']))
    expect(offered('migrate', 'show', 'b')).toEqual(['base', 'b1'])
    expect(offered('migrate', 'status', '')).toEqual([])
    expect(offered('migrate', 'completion', 'f')).toEqual(['fish'])
  })
})

declare('zsh', () => {
  test('takes the script', () => {
    expect(
      shellCompletes('zsh', 'autoload -U compinit; compinit -u -D; source ./completion.zsh; print $_comps[migrate]'),
    ).toEqual(['_migrate'])
  })
})
declare('fish', () => {
  test('offers commands and options', () => {
    expect(shellCompletes('fish', "source completion.fish; complete -C 'migrate upg'")[0]).toMatch(/^upgrade/)
    expect(shellCompletes('fish', "source completion.fish; complete -C 'migrate upgrade --ba'")[0]).toMatch(/^--backup/)
  })
})

test('every script has every command', () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { stdout } = project.run(['completion', shell])
    for (const { name } of Object.values(declarations).flat()) expect(stdout).toMatch(new RegExp(`[' ]${name}[' ]`))
  }
})

test('another shell, and none, are USAGE; without a configuration the revisions are an error that no shell shows', () => {
  expect(project.run(['completion', 'tcsh'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Name bash') })
  expect(project.run(['completion'])).toMatchObject({ code: 2 })
})
