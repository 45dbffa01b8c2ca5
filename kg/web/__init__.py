"""A store on the network: SPARQL, graphs, questions and things, within limits that hold."""
