const startedAt = performance.now()
// The first import of a process costs something, whatever it brings.
await import('./nothing.mjs')
const importedAt = performance.now()
const answer = await fetch(`${process.argv[2]}/api/v1/hailuo/text_to_video`, {
  method: 'POST',
  headers: { authorization: 'Bearer any', 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'hailuo-02-text-to-video-pro', prompt: 'Rain' }),
})
await answer.json()
console.log(JSON.stringify({ importMs: importedAt - startedAt, totalMs: performance.now() - startedAt }))
