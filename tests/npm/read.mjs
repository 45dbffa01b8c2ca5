// Reads a file as another program would and prints what it found: node read.mjs FORMAT FILE
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const [format, file] = process.argv.slice(2);
const text = readFileSync(file, "utf8");

function xml() {
  const { JSDOM } = require("jsdom");
  return new JSDOM(text, { contentType: "text/xml" }).window.document;
}

function graphology() {
  const { MultiGraph } = require("graphology");
  const lenient = { allowUndeclaredAttributes: true, addMissingNodes: false };
  if (format === "graphology") return MultiGraph.from(JSON.parse(text));
  if (format === "graphml") return require("graphology-graphml").parse(MultiGraph, text);
  return require("graphology-gexf").parse(MultiGraph, text, lenient);
}

if (format === "cyjs") {
  const cytoscape = require("cytoscape");
  const graph = cytoscape({ headless: true, elements: JSON.parse(text).elements });
  console.log(JSON.stringify({
    nodes: graph.nodes().length,
    edges: graph.edges().length,
    labels: graph.nodes().map((node) => node.data("name")).sort(),
  }));
} else {
  const graph = graphology();
  console.log(JSON.stringify({
    nodes: graph.order,
    edges: graph.size,
    undirected: graph.undirectedSize,
    labels: graph.mapNodes((_, { label }) => label).sort(),
  }));
}
