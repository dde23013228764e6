import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** The expectations are only as good as these files: they may not be changed to make a test pass. */
const files = [
  ['README.md', '3fa1e56d64958aac368154b9f45812291aabd273af933c6ecc5e71499287b1b4'],
  ['expected-folders-head.json', '1511e059778f6d97f5a7f8baff75e92d4c5c745258871cf2a9ed52b06277a48c'],
  ['expected-head-hostile.json', '6268527490c5c33da87b5a66530e3193b09e8b471f2e6da1db04f08e9742e054'],
  ['expected-head.json', '4fa4f97c77b0eed5438c3976457b0d352d7b2e1e662efae36b15fb2c593bd4b0'],
  ['expected-legacy-018.json', '5bd9970da95a9e8b707a1669a79c515d679cbcd41d74c29b25e6b72af4deed58'],
  ['folders-at-c69f45358db4.sql', '9348aa309a879a2cb81fb095c1c7d12cbff7e451de3dbea918857e56c1c381a8'],
  ['legacy-004.sql', '418b2be86fc7c0edbb66d4d1294b20818aa5781e4bc676766c8b9a0c7a5d7a3a'],
  ['legacy-018-hostile.sql', '5682a4da8bd3312d7261340f0e649693cf9bdae58e84cd5d135be313bda7ea6c'],
  ['legacy-018.sql', '1f10c5a572c0c41491314ab3ed78105b454e71f5d9c26d0f0c5f66092ea2d4b9'],
  ['original-at-d31026856c01.sql', 'f1e992fbf5d38a8b8136ec7afed7f4770fde0a7481e1076e528bd9fa4d03e7d4'],
] as const

const directory = new URL('../../kit/fixtures/openwebui/', import.meta.url)

it.each(files)('%s is unchanged', (name, sha256) => {
  expect(
    createHash('sha256')
      .update(readFileSync(new URL(name, directory)))
      .digest('hex'),
  ).toBe(sha256)
})

it('there are no other fixtures', () => {
  expect(readdirSync(directory).sort()).toEqual(files.map(([name]) => name))
})
