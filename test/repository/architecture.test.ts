import { describe, expect, test } from 'vitest'
import { rules } from './rules.ts'
import { readTree } from './tree.ts'

describe('the sources keep to the design', () => {
  const tree = readTree()

  test('the sources are found', () => {
    const folders = [
      'packages/core/src/',
      'packages/dialect-sqlite/src/',
      'packages/schema/src/',
      'apps/cli/src/',
      'test/',
    ]
    for (const folder of folders) {
      expect([...tree.files.keys()].filter((path) => path.startsWith(folder)).length, folder).toBeGreaterThan(5)
    }
  })

  test.each(Object.entries(rules))('%s', (_promise, rule) => {
    expect(rule(tree)).toEqual([])
  })
})
