import ArgumentParser

@main struct Purser: ParsableCommand { func run() {} }
