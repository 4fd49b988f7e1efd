// What `import` alone costs.
export {}
