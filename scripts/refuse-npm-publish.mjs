// `prepublishOnly` of every package: npm publishes `workspace:^` as it is, which cannot be installed. pnpm replaces it.
import { existsSync, readFileSync } from 'node:fs'

const manifest = existsSync('package.json') ? readFileSync('package.json', 'utf8') : ''
if (!(process.env.npm_config_user_agent ?? '').startsWith('pnpm/')) {
  const why = manifest.includes('"workspace:')
    ? 'its dependencies are "workspace:^", which npm leaves in the package'
    : 'only pnpm writes its published entries'
  console.error(
    `Not published: ${why}. Run "pnpm publish" in this folder instead, or publish the file that "pnpm pack" makes.`,
  )
  process.exit(1)
}
