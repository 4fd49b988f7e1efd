const library = require('runapi-video')
const webhooks = require('runapi-video/webhooks')

const main = async () => {
  const { run } = await import('./program.mjs')
  const facts = await run({ library, webhooks, baseUrl: process.argv[2] ?? '' })
  console.log(`FACTS ${JSON.stringify(facts)}`)
}
main()
