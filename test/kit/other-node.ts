import type { TestContext } from 'vitest'
import { otherNode as fetched } from './servers/nodes.mjs'

/** Those that users have. */
export const otherNodes = ['22.23.3', '24.21.0', '26.10.0'] as const
export type OtherNode = (typeof otherNodes)[number]

/** The program of another Node. Where it cannot be had the test is NOT RUN, which is an error with TEST_REQUIRE=all. */
export async function otherNode(version: OtherNode, context: TestContext): Promise<string> {
  try {
    return await fetched(version)
  } catch (error) {
    return context.skip(`Node ${version} could not be fetched: ${String(error).slice(0, 200)}`)
  }
}
