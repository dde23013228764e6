import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { packageFolders, projectAddress, withLinks } from '../../../scripts/package-links.mjs'
import { root } from '../tree.ts'

const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Record<string, unknown>

describe('every package.json', () => {
  test.each(packageFolders)('%s has its keywords and links (node scripts/package-links.mjs writes them)', (folder) => {
    const manifest = manifestOf(folder)
    expect(manifest).toEqual(withLinks(manifest, folder))
    expect(manifest).toMatchObject({ homepage: projectAddress, bugs: `${projectAddress}/issues` })
    expect(new Set(manifest.keywords as string[]).size).toBeGreaterThan(4)
  })

  test('with another address is noticed', () => {
    const manifest = { ...manifestOf('packages/core'), homepage: 'https://example.org/other' }
    expect(withLinks(manifest, 'packages/core')).not.toEqual(manifest)
  })
})

describe('publishing a package of the workspace', () => {
  const publish = (agent: string) =>
    spawnSync(process.execPath, ['../../scripts/refuse-npm-publish.mjs'], {
      cwd: join(root, 'packages/autogenerate'),
      encoding: 'utf8',
      env: { ...process.env, npm_config_user_agent: agent },
    })

  test('is refused with npm, which leaves workspace: in it', () => {
    const { status, stderr } = publish('npm/11.0.0 node/v22.16.0 linux x64')
    expect(status).toBe(1)
    expect(stderr).toContain('workspace:^')
    expect(stderr).toContain('pnpm publish')
  })

  test('runs with pnpm', () => {
    expect(publish('pnpm/10.34.8 npm/? node/v22.16.0 linux x64')).toMatchObject({ status: 0, stderr: '' })
  })
})
