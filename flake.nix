{
  description = "Keeps a Kubernetes cluster and a Git repository in step, in either direction, per object and per field";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixpkgs-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "aarch64-darwin"
      ];
      forAll = nixpkgs.lib.genAttrs systems;
    in
    {
      # What development and the tests need; npm brings the rest. `nix develop`, then `npm test`.
      devShells = forAll (
        system:
        let
          pkgs = nixpkgs.legacyPackages.${system};
        in
        {
          default = pkgs.mkShell {
            packages = [
              pkgs.nodejs_26
              pkgs.git
              pkgs.openssh
              pkgs.openssl
              pkgs.go
              pkgs.kubectl
            ];
            # npm's own Node is built for other systems than NixOS: Nix's takes its place.
            shellHook = ''
              if [ -d node_modules/.bin ]; then ln -sfn ${pkgs.lib.getExe pkgs.nodejs_26} node_modules/.bin/node; fi
            '';
          };
        }
      );
    };
}
